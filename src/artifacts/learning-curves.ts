import { z } from 'zod';
import type { Artifact } from './artifact.ts';
import { layerProbe, orderSensitivity } from './mechanisms.ts';

/** Squared error / d against the number of in-context examples k, with its bootstrap interval. */
const curve = z.strictObject({
  /** `mamba`, `gpt2`, … as in `trainings`, or a baseline's name such as `least-squares` */
  method: z.string(),
  /** Training seed; absent for baselines. */
  seed: z.int().optional(),
  /** Distribution of the prompts, a name of `evaluations`. */
  evaluation: z.string(),
  /** Number of examples behind each value, ascending. */
  k: z.array(z.int()),
  mean: z.array(z.number()),
  /** Mean over the first `batch` prompts alone: what a reader's quick run is compared with. */
  firstBatch: z.array(z.number()),
  /** Lower and upper end of the interval over prompts. */
  low: z.array(z.number()),
  high: z.array(z.number()),
  /** Evaluation prompts behind the curve. */
  prompts: z.int(),
});

const training = z.strictObject({
  /** Unique together with `seed`; the architecture's name, or a variant of it such as `mamba-4d`. */
  method: z.string(),
  seed: z.int(),
  /** Number of trained scalars. */
  parameters: z.int(),
  /** Of the whole schedule. */
  steps: z.int(),
  /** Steps taken, where the training was stopped before the end of its schedule. */
  until: z.int().optional(),
  batch: z.int(),
  learningRate: z.number(),
  schedule: z.enum(['cosine', 'constant']),
  /** Steps in which the learning rate grew to its peak, before the schedule; none if absent. */
  warmup: z.int().optional(),
  /** Points in a training prompt at the end of the curriculum: examples + query. */
  trainedPoints: z.int(),
  /** Path under `public/`: filled in from the provenance (`withWeights`); absent where weights are not committed. */
  weights: z.string().optional(),
  weightsSha256: z.string(),
  /** Model configuration, enough to rebuild it; `model` names the architecture. */
  config: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Training loss (mean squared error / d over all positions), averaged between the given steps. */
  loss: z.strictObject({ step: z.array(z.int()), value: z.array(z.number()) }),
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
  z.strictObject({ kind: z.enum(['scaled-x', 'scaled-y']), factor: z.number() }),
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
  d: z.int(),
  /** Points in a training prompt at the end of the curriculum: examples + query. */
  trainedPoints: z.int(),
  /** Evaluation prompts behind each model's curve; k-th queries of their own have as many. */
  prompts: z.int(),
  /** Prompts are drawn in batches of this size; a skewed batch shares one basis. */
  batch: z.int(),
  /** Points of a drawn evaluation prompt: its deviates depend on them. */
  points: z.int(),
  /** Seed of the evaluation prompts. */
  promptSeed: z.int(),
  /** The distribution behind each evaluation; `training` is that of the training. */
  evaluations: z.record(z.string(), evaluation),
  confidence: z.number(),
  bootstrapTrials: z.int(),
  curves: z.array(curve),
  trainings: z.array(training),
  /** What the layers hold, one a training and context length. */
  probes: z.array(layerProbe),
  /** How predictions move as the context is permuted, one a training and context length. */
  order: z.array(orderSensitivity),
});

export type LearningCurves = z.infer<typeof learningCurves>;

/** The artifact with the path of each training's committed weights, of which the provenance tells. */
export function withWeights(artifact: Artifact<LearningCurves>): Artifact<LearningCurves> {
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
