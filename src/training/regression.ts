import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters, SequenceModel } from '../models/model.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { HostTensor } from '../numerics/safetensors.ts';
import { interleave } from '../tasks/prompts.ts';
import type { Prompts, PromptShape } from '../tasks/prompts.ts';
import { rampAt } from './curriculum.ts';
import type { Ramp } from './curriculum.ts';
import type { Objective } from './objective.ts';

/** What a training on a regression task is made of, besides its model. */
export interface RegressionOptions {
  /** Draws the prompts of one step. */
  sample(shape: PromptShape, random: RandomStream): Prompts;
  /** Components of x. */
  d: number;
  batch: number;
  curriculum: { dims: Ramp; points: Ramp };
}

/**
 * In-context regression: fresh prompts each step, which grow by a curriculum, and the mean squared error over all
 * prompts and positions (PAPER 2.2), recorded in multiples of d.
 */
export const regression = (
  model: SequenceModel,
  { sample, d, batch, curriculum }: RegressionOptions,
): Objective => ({
  init: (random) => model.init(random),
  feed: (step, random) => {
    const points = rampAt(curriculum.points, step);
    const activeDims = rampAt(curriculum.dims, step);
    return feedsOf(sample({ batch, points, d, activeDims }, random));
  },
  loss: squaredError(model),
  batch,
  largest: (items) => {
    const points = Math.max(curriculum.points.start, curriculum.points.end);
    const [xs, ys] = [new Float32Array(items * points * d), new Float32Array(items * points)];
    return feedsOf({ batch: items, points, d, xs, ys });
  },
  unit: d,
  draws: model.draws ?? false,
});

/** What prompts feed: their tokens [batch 2·points d] and targets [batch points]. */
export const feedsOf = (prompts: Prompts): [HostTensor, HostTensor] => {
  const { batch, points, ys } = prompts;
  return [tokensOf(prompts), { shape: [batch, points], values: ys }];
};

const tokensOf = (prompts: Prompts): HostTensor => {
  const { batch, points, d } = prompts;
  return { shape: [batch, 2 * points, d], values: interleave(prompts) };
};

/** Mean squared error over all prompts and positions, not divided by d. */
export const squaredError =
  (model: SequenceModel): Objective['loss'] =>
  (parameters, [tokens, targets], random) =>
    tf.mean(tf.square(tf.sub(predictions(model, parameters, tokens!, random), targets!)));

/**
 * A model's predictions at the x tokens, the k-th from k in-context examples.
 * @param random in training only: what is random in its forward pass
 * @returns [batch points]
 */
export const predict = (
  model: SequenceModel,
  parameters: Parameters,
  prompts: Prompts,
  random?: RandomStream,
): Tensor =>
  tf.tidy(() => {
    const { shape, values } = tokensOf(prompts);
    return predictions(model, parameters, tf.tensor(values, shape), random);
  });

/** tokens [batch 2·points d] → [batch points] */
const predictions = (
  model: SequenceModel,
  parameters: Parameters,
  tokens: Tensor,
  random: RandomStream | undefined,
): Tensor =>
  tf.tidy(() => {
    const [batch, length] = tokens.shape as [number, number, number];
    const points = length / 2;
    const out = tf.reshape(model.forward(parameters, tokens, { random }), [batch, points, 2]);
    return tf.reshape(tf.slice(out, [0, 0, 0], [batch, points, 1]), [batch, points]);
  });
