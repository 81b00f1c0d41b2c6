import * as tf from '@tensorflow/tfjs-core';
import { headCrossEntropy } from '../kernels/cross-entropy/op.ts';
import type { TokenModel } from '../models/tokens.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { HostTensor } from '../numerics/safetensors.ts';
import type { SequenceShape, TokenBatch } from '../tasks/tokens.ts';
import type { Objective } from './objective.ts';

/** What a training on token sequences is made of, besides its model. */
export interface LanguageOptions extends SequenceShape {
  /** Draws the sequences of one step. */
  sample(shape: SequenceShape, random: RandomStream): TokenBatch;
}

/**
 * Prediction of tokens: fresh sequences each step, and the cross entropy of their targets, averaged over the
 * positions of the batch by their weights; recorded in bits.
 */
export const language = (
  model: TokenModel,
  { sample, batch, length }: LanguageOptions,
): Objective => ({
  init: (random) => model.init(random),
  feed: (_, random) => languageFeeds(sample({ batch, length }, random)),
  loss: weightedCrossEntropy(model),
  batch,
  largest: (items) =>
    [0, 1, 2].map(() => ({ shape: [items, length], values: new Float32Array(items * length) })),
  unit: Math.LN2,
  draws: model.draws,
});

/**
 * What a batch feeds: tokens, targets and weights, [batch length] each. Weights are scaled so that their mean over
 * items is one: then the loss of a batch is the mean of the losses of its items, and of its parts.
 * @throws Error where no position counts
 */
export function languageFeeds({
  batch,
  length,
  tokens,
  targets,
  weights,
}: TokenBatch): [HostTensor, HostTensor, HostTensor] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0))
    throw new Error(`language: expected weights above 0, got a sum of ${total}; ask something`);
  const shape = [batch, length];
  return [
    { shape, values: tokens },
    { shape, values: targets },
    { shape, values: weights.map((weight) => (weight * batch) / total) },
  ];
}

/** Mean over items of the weighted sum over their positions, in nats. */
const weightedCrossEntropy =
  (model: TokenModel): Objective['loss'] =>
  (parameters, [tokens, targets, weights], random) => {
    const [batch, length] = tokens!.shape as [number, number];
    const hidden = model.hidden(parameters, tf.cast(tokens!, 'int32'), { random });
    const rows = tf.reshape(hidden, [batch * length, -1]);
    const asked = tf.cast(tf.reshape(targets!, [-1]), 'int32');
    const losses = headCrossEntropy(rows, model.head(parameters), asked);
    return tf.div(tf.sum(tf.mul(losses, tf.reshape(weights!, [-1]))), batch);
  };
