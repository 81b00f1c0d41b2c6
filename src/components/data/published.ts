import { z } from 'zod';

/** Curves digitised from a published figure: `experiments/reference/<experiment>.json`. */
export const publishedCurves = z.strictObject({
  source: z.string(),
  method: z.string(),
  unit: z.literal('squared error / d'),
  /** Distribution that the published figure was in fact evaluated on. */
  evaluation: z.string(),
  d: z.int(),
  trainedPoints: z.int(),
  k: z.array(z.int()),
  /** `run` numbers the published training runs; low and high are their confidence band. */
  curves: z.array(
    z.strictObject({
      method: z.string(),
      run: z.int(),
      low: z.array(z.number()),
      high: z.array(z.number()),
    }),
  ),
});

export type PublishedCurves = z.infer<typeof publishedCurves>;
