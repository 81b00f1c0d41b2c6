import { z } from 'zod';

/** Data of the experiment `scaling`: the error at k = 2d after trainings of different lengths, in several dimensions. */
export const scaling = z.strictObject({
  /** Evaluation prompts behind each error. */
  prompts: z.int(),
  /** Of the intervals. */
  confidence: z.number(),
  runs: z.array(
    z.strictObject({
      method: z.string(),
      seed: z.int(),
      /** Dimension of x. */
      d: z.int(),
      /** Steps of the whole training, over which learning rate and curriculum run. */
      steps: z.int(),
      learningRate: z.number(),
      /** Number of trained scalars. */
      parameters: z.int(),
      /** Squared error / d at k = 2d on the training distribution, and its bootstrap interval over prompts. */
      error: z.strictObject({ mean: z.number(), low: z.number(), high: z.number() }),
    }),
  ),
});
export type Scaling = z.infer<typeof scaling>;
