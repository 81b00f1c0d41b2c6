import { z } from 'zod';

/** Data of the experiment `pilots`: short trainings of every architecture on one grid of settings. */
export const pilots = z.strictObject({
  d: z.int(),
  /** Steps of each training. */
  steps: z.int(),
  seed: z.int(),
  /** Evaluation prompts behind each error, and the seed of their draw, which no other experiment uses. */
  prompts: z.int(),
  promptSeed: z.int(),
  runs: z.array(
    z.strictObject({
      method: z.string(),
      learningRate: z.number(),
      warmup: z.int(),
      /** Of architectures that are published with dropout. */
      dropout: z.number().optional(),
      /** Squared error / d on held-out prompts, mean over k = 0, …, 2d. */
      error: z.number(),
      /** The same at k = 2d. */
      last: z.number(),
    }),
  ),
  /** By architecture: the run with the least error. */
  chosen: z.record(
    z.string(),
    z.strictObject({ learningRate: z.number(), warmup: z.int(), dropout: z.number().optional() }),
  ),
});
export type Pilots = z.infer<typeof pilots>;
