import { z } from 'zod';
import { ascendingCounts, count, equalLengths, lowBelowHigh, real } from './columns.ts';

/** What a model does after having read more and more, with a bootstrap interval over sequences. */
const curve = z
  .strictObject({
    /** As in `trainings`, or the name of what was not trained, such as `unigram`. */
    method: z.string(),
    /** Training seed; absent for what was not trained. */
    seed: z.int().optional(),
    /** What sequences are asked: `training`, or the name of a split. */
    on: z.string(),
    /** How much was read before each value, ascending; in the unit `along`. */
    at: ascendingCounts,
    mean: z.array(real),
    /** Mean over the first `batch` sequences alone: what another machine computes again. */
    firstBatch: z.array(real),
    low: z.array(real),
    high: z.array(real),
  })
  .refine(...equalLengths('at', 'mean', 'firstBatch', 'low', 'high'))
  .refine(...lowBelowHigh);
export type TokenCurve = z.infer<typeof curve>;

const training = z.strictObject({
  /** Unique together with `seed`. */
  method: z.string(),
  seed: z.int(),
  /** Number of trained scalars. */
  parameters: count,
  /** Numbers that it carries from one token to the next; absent where they grow with the tokens read. */
  state: count.optional(),
  steps: count,
  batch: count,
  /** Tokens of a training sequence, at most. */
  length: count,
  learningRate: real,
  schedule: z.enum(['cosine', 'constant']),
  /** Steps in which the learning rate grew to its peak, before the schedule; none if absent. */
  warmup: z.int().optional(),
  weightsSha256: z.string(),
  /** Model configuration, enough to rebuild it; `model` names the architecture. */
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Bits a weighted position, averaged between the given steps. */
  loss: z
    .strictObject({ step: ascendingCounts, value: z.array(real) })
    .refine(...equalLengths('step', 'value')),
});

/** Data of an experiment on sequences of tokens. */
export const tokenCurves = z.strictObject({
  /** Of what curves are the mean over sequences. */
  measure: z.enum(['total variation', 'accuracy']),
  /** What is counted along them. */
  along: z.enum(['tokens', 'pairs', 'shots']),
  /** What the training sequences reach, in that unit. */
  trained: count,
  /** What guessing gives. */
  chance: real,
  /** Sequences behind each value, drawn in batches. */
  sequences: count,
  batch: count,
  /** Of the sequences. */
  sequenceSeed: z.int(),
  confidence: z.number().gt(0).lt(1),
  bootstrapTrials: z.int().nonnegative(),
  curves: z.array(curve),
  trainings: z.array(training),
});
export type TokenCurves = z.infer<typeof tokenCurves>;
