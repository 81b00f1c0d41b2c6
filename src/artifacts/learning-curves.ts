import { z } from 'zod';
import type { Artifact } from './artifact.ts';
import { ascendingCounts, count, equalLengths, lowBelowHigh, real } from './columns.ts';
import { layerProbe, orderSensitivity } from './mechanisms.ts';

/** Squared error / d against the number of in-context examples k, with its bootstrap interval. */
const curve = z
  .strictObject({
    /** `mamba`, `gpt2`, … as in `trainings`, or a baseline's name such as `least-squares` */
    method: z.string(),
    /** Training seed; absent for baselines. */
    seed: z.int().optional(),
    /** Distribution of the prompts, a name of `evaluations`. */
    evaluation: z.string(),
    /** Number of examples behind each value, ascending. */
    k: ascendingCounts,
    mean: z.array(real),
    /** Mean over the first `batch` prompts alone: what a reader's quick run is compared with. */
    firstBatch: z.array(real),
    /** Lower and upper end of the interval over prompts. */
    low: z.array(real),
    high: z.array(real),
    /** Evaluation prompts behind the curve. */
    prompts: count,
  })
  .refine(...equalLengths('k', 'mean', 'firstBatch', 'low', 'high'))
  .refine(...lowBelowHigh);

const training = z.strictObject({
  /** Unique together with `seed`; the architecture's name, or a variant of it such as `mamba-4d`. */
  method: z.string(),
  seed: z.int(),
  /** Number of trained scalars. */
  parameters: count,
  /** Of the whole schedule. */
  steps: count,
  /** Steps taken, where the training was stopped before the end of its schedule. */
  until: count.optional(),
  batch: count,
  learningRate: real,
  schedule: z.enum(['cosine', 'constant']),
  /** Steps in which the learning rate grew to its peak, before the schedule; none if absent. */
  warmup: z.int().optional(),
  /** Points in a training prompt at the end of the curriculum: examples + query. */
  trainedPoints: count,
  /** Path under `public/`: filled in from the provenance (`withWeights`); absent where weights are not committed. */
  weights: z.string().optional(),
  weightsSha256: z.string(),
  /** Model configuration, enough to rebuild it; `model` names the architecture. */
  config: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Training loss (mean squared error / d over all positions), averaged between the given steps. */
  loss: z
    .strictObject({ step: ascendingCounts, value: z.array(real) })
    .refine(...equalLengths('step', 'value')),
});

const shift = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum([
      'isotropic',
      'skewed',
      'half-subspace',
      'noisy',
      'orthants',
      'orthogonal-query',
      'repeated-query',
    ]),
  }),
  z.strictObject({ kind: z.enum(['scaled-x', 'scaled-y']), factor: real }),
]);

const tasks = [
  z.strictObject({ task: z.literal('linear-regression'), inputs: z.enum(['skewed', 'isotropic']) }),
  z.strictObject({ task: z.literal('sparse-linear-regression'), sparsity: z.int() }),
  z.strictObject({ task: z.literal('relu-network'), hidden: z.int() }),
  z.strictObject({ task: z.literal('decision-tree'), depth: z.int() }),
] as const;
/** A class of functions as src/tasks names it: what a model is trained on. */
export const task = z.discriminatedUnion('task', tasks);

/** A distribution of prompts likewise: what a live run draws. */
const evaluation = z.discriminatedUnion('task', [
  ...tasks,
  z.strictObject({ task: z.literal('shifted'), shift }),
]);

/** Data of an experiment on one class of functions (PAPER sections 2 to 4). */
export const learningCurves = z.strictObject({
  /** Dimension of x. */
  d: count,
  /** Points in a training prompt at the end of the curriculum: examples + query. */
  trainedPoints: count,
  /** Evaluation prompts behind each model's curve; k-th queries of their own have as many. */
  prompts: count,
  /** Prompts are drawn in batches of this size; a skewed batch shares one basis. */
  batch: count,
  /** Points of a drawn evaluation prompt: its deviates depend on them. */
  points: count,
  /** Seed of the evaluation prompts. */
  promptSeed: z.int(),
  /** The distribution behind each evaluation; `training` is that of the training. */
  evaluations: z.record(z.string(), evaluation),
  confidence: z.number().gt(0).lt(1),
  bootstrapTrials: z.int().nonnegative(),
  curves: z.array(curve),
  trainings: z.array(training),
  /** What the layers hold, one a training and context length. */
  probes: z.array(layerProbe),
  /** How predictions move as the context is permuted, one a training and context length. */
  order: z.array(orderSensitivity),
});

export type LearningCurves = z.infer<typeof learningCurves>;

/** The artifact with the path of each training's committed weights, of which the provenance tells. */
export function withWeights<
  Training extends { weightsSha256: string },
  Data extends { trainings: Training[] },
>(artifact: Artifact<Data>): Artifact<Data & { trainings: (Training & { weights?: string })[] }> {
  const files = Object.values(artifact.provenance.inputs).flatMap(({ published = {} }) =>
    Object.entries(published),
  );
  const paths = new Map(files.map(([path, hash]) => [hash, path]));
  const trainings = artifact.data.trainings.map((training) => {
    const weights = paths.get(training.weightsSha256);
    return weights === undefined ? training : { ...training, weights };
  });
  return { ...artifact, data: { ...artifact.data, trainings } };
}
