import { z } from 'zod';

/** The first steps of one training of the published configuration. */
const run = z.strictObject({
  method: z.enum(['mamba', 'gpt2']),
  seed: z.int(),
  /** Number of trained scalars. */
  parameters: z.int(),
  /** Steps taken, of those that the schedule is made for. */
  steps: z.int(),
  of: z.int(),
  /** Last step of each span that `loss` averages over. */
  step: z.array(z.int()),
  /** Mean squared error over all positions, in units of what predicting 0 errs: the number of active dimensions. */
  loss: z.array(z.number()),
  /** Active dimensions at each of these steps: the curriculum. */
  dims: z.array(z.int()),
});

/** Data of the experiment `published-scale`. */
export const publishedScale = z.strictObject({ d: z.int(), batch: z.int(), runs: z.array(run) });
export type PublishedScale = z.infer<typeof publishedScale>;
