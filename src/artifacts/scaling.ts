import { z } from 'zod';
import { count, lowBelowHigh, real } from './columns.ts';

/** Data of the experiment `scaling`: the error at k = 2d after trainings of different lengths, in several dimensions. */
export const scaling = z.strictObject({
  /** Evaluation prompts behind each error. */
  prompts: count,
  /** Of the intervals. */
  confidence: z.number().gt(0).lt(1),
  runs: z.array(
    z.strictObject({
      method: z.string(),
      seed: count,
      /** Dimension of x. */
      d: count,
      /** Steps of the whole training, over which learning rate and curriculum run. */
      steps: count,
      learningRate: real,
      /** Number of trained scalars. */
      parameters: count,
      /** Squared error / d at k = 2d on the training distribution, and its bootstrap interval over prompts. */
      error: z.strictObject({ mean: real, low: real, high: real }).refine(...lowBelowHigh),
    }),
  ),
});
export type Scaling = z.infer<typeof scaling>;
