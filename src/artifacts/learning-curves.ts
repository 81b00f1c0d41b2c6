import { z } from 'zod';

/** Squared error / d at every number of in-context examples k, with its bootstrap interval. */
const curve = z.strictObject({
  /** `mamba`, `gpt2`, … or a baseline's name such as `least-squares` */
  method: z.string(),
  /** Training seed; absent for baselines. */
  seed: z.int().optional(),
  /** Distribution of the prompts: `training` or the name of a shift, such as `isotropic`. */
  evaluation: z.string(),
  mean: z.array(z.number()),
  /** Mean over the first `batch` prompts alone: what a reader's quick run is compared with. */
  firstBatch: z.array(z.number()),
  /** Lower and upper end of the interval over prompts. */
  low: z.array(z.number()),
  high: z.array(z.number()),
});

const training = z.strictObject({
  method: z.string(),
  seed: z.int(),
  /** Number of trained scalars. */
  parameters: z.int(),
  steps: z.int(),
  /** Path under `public/`. */
  weights: z.string(),
  weightsSha256: z.string(),
  /** Model configuration, enough to rebuild it. */
  config: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Training loss (mean squared error / d over all positions), averaged between the given steps. */
  loss: z.strictObject({ step: z.array(z.int()), value: z.array(z.number()) }),
});

/** Data of an experiment that measures in-context learning curves (PAPER figures 1, 2, 8, 9, 10). */
export const learningCurves = z.strictObject({
  /** Dimension of x. */
  d: z.int(),
  /** Points in a training prompt at the end of the curriculum: examples + query. */
  trainedPoints: z.int(),
  /** Evaluation prompts behind each curve. */
  prompts: z.int(),
  /** Prompts are drawn in batches of this size; a skewed batch shares one basis. */
  batch: z.int(),
  /** Seed of the evaluation prompts. */
  promptSeed: z.int(),
  /** Input distribution behind each evaluation, as src/tasks names it: what a live run draws. */
  evaluations: z.record(z.string(), z.enum(['skewed', 'isotropic'])),
  confidence: z.number(),
  bootstrapTrials: z.int(),
  /** k of each entry of a curve. */
  k: z.array(z.int()),
  curves: z.array(curve),
  trainings: z.array(training),
});

export type LearningCurves = z.infer<typeof learningCurves>;
