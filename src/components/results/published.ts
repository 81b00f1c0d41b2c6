import { z } from 'zod';

const numbers = z.array(z.number());

/** Learning curves of one published panel. */
const panel = z.strictObject({
  /** Such as `1a`. */
  figure: z.string(),
  /** Distribution that it was in fact evaluated on, by the names of our evaluations. */
  evaluation: z.string(),
  trainedPoints: z.int(),
  k: z.array(z.int()),
  /** `run` numbers the trainings, baselines have none; low and high are the band of confidence. */
  curves: z.array(
    z.strictObject({ method: z.string(), run: z.int().optional(), low: numbers, high: numbers }),
  ),
});
export type PublishedPanel = z.infer<typeof panel>;

/** What the layers of one published run hold, first to last. */
const probe = z.strictObject({
  figure: z.string(),
  method: z.string(),
  /** Examples before the probed token. */
  k: z.int(),
  /** Squared error / d of the fitted line. */
  error: numbers.optional(),
  /** The line's slope and offset. */
  scale: numbers.optional(),
  shift: numbers.optional(),
});

/** Gradient descent, from w = 0 on. */
const descent = z.strictObject({
  figure: z.string(),
  method: z.string(),
  /** As published: divided by d twice (content/reproduction-notes.mdx, Gradient descent is divided by d twice). */
  drawn: numbers,
  /** Squared error / d. */
  error: numbers,
});

/** What was digitised of the published figures that belong to an experiment: `experiments/reference/<experiment>.json`. */
export const publishedResults = z.strictObject({
  source: z.string(),
  method: z.string(),
  unit: z.literal('squared error / d'),
  d: z.int(),
  panels: z.array(panel),
  probes: z.array(probe),
  descents: z.array(descent),
});
export type PublishedResults = z.infer<typeof publishedResults>;
