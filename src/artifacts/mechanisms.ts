import { z } from 'zod';
import { count, equalLengths, lowBelowHigh, real } from './columns.ts';

/** A quantity averaged over tasks, with the ends of its bootstrap interval and the spread between tasks. */
export const overTasks = z
  .strictObject({
    mean: real,
    low: real,
    high: real,
    /** Standard deviation between tasks. */
    sd: real.nonnegative(),
  })
  .refine(...lowBelowHigh);

/**
 * The model's own decoder applied to the residual stream after every block, and what a line a·ỹ + b fitted
 * to it on a few tokens predicts (content/layers.mdx, The probe).
 */
export const layerProbe = z.strictObject({
  method: z.string(),
  seed: z.int(),
  /** In-context examples before the probed token. */
  k: z.int().nonnegative(),
  tasks: count,
  /** Tokens a task on which the line is fitted, and on which it is judged. */
  fitted: count,
  tested: count,
  layers: z.array(
    z.strictObject({
      /** layer / (layers - 1), from 0 to 1 (content/reproduction-notes.mdx, How layers are probed). */
      depth: z.number().min(0).max(1),
      /** Squared error / d of the fitted line. */
      error: overTasks,
      /** Squared error / d of the decoder's output as it is. */
      decoded: overTasks,
      /** The line's slope a and offset b. */
      scale: overTasks,
      shift: overTasks,
    }),
  ),
});

/** Predictions for one query under permutations of its context. */
export const orderSensitivity = z.strictObject({
  method: z.string(),
  seed: z.int(),
  k: z.int().nonnegative(),
  prompts: count,
  permutations: count,
  /** Variance over permutations / d, averaged over prompts, with its bootstrap interval. */
  variance: overTasks,
  /** Squared error / d, averaged over permutations. */
  error: overTasks,
  /** Squared error / d of the prediction averaged over permutations. */
  errorOfMean: overTasks,
});

/** Errors of gradient descent on the prompts of the probes, in units of the probes (the paper's figures 3d and 11). */
const descent = z
  .strictObject({
    k: z.int().nonnegative(),
    tasks: count,
    tested: count,
    /** Squared error / d after 0, 1, … steps, mean over tasks. */
    gd: z.array(real),
    gdPlusPlus: z.array(real),
    /** The γ of `gdPlusPlus`: the best of the grid. */
    gamma: real,
    /** Last squared error / d for every γ tried. */
    grid: z
      .strictObject({ gamma: z.array(real), error: z.array(real) })
      .refine(...equalLengths('gamma', 'error')),
  })
  .refine(...equalLengths('gd', 'gdPlusPlus'));

/** Data of the experiment `gradient-descent`: its baselines on linear tasks by name. */
export const gradientDescentRuns = z.strictObject({
  d: count,
  runs: z.record(z.string(), descent),
});
export type GradientDescentRuns = z.infer<typeof gradientDescentRuns>;
