import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters, SequenceModel } from '../models/model.ts';
import type { Prompts } from '../tasks/prompts.ts';
import { interleave } from '../tasks/prompts.ts';
import type { RandomStream } from './random.ts';

/**
 * A model's predictions at the x tokens, the k-th from k in-context examples.
 * @param random in training only: what is random in its forward pass
 * @returns [batch points]
 */
export function predict(
  model: SequenceModel,
  parameters: Parameters,
  prompts: Prompts,
  random?: RandomStream,
): Tensor {
  return tf.tidy(() => {
    const { batch, points, d } = prompts;
    const tokens = tf.tensor(interleave(prompts), [batch, 2 * points, d]);
    const out = tf.reshape(model.forward(parameters, tokens, { random }), [batch, points, 2]);
    return tf.reshape(tf.slice(out, [0, 0, 0], [batch, points, 1]), [batch, points]);
  });
}

/**
 * Mean squared error over all prompts and positions (PAPER 2.2), not divided by d, and its gradients.
 * @returns tensors; the caller disposes them
 */
export function lossAndGradients(
  model: SequenceModel,
  parameters: Parameters,
  prompts: Prompts,
  random?: RandomStream,
): { loss: Tensor; gradients: Parameters } {
  const names = Object.keys(parameters);
  const loss = (...tensors: Tensor[]): tf.Scalar => {
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const targets = tf.tensor(prompts.ys, [prompts.batch, prompts.points]);
    return tf.mean(tf.square(tf.sub(predict(model, named, prompts, random), targets)));
  };
  const { value, grads } = orForget(() => tf.valueAndGrads(loss)(Object.values(parameters)));
  return {
    loss: value,
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
  };
}

/** Where a gradient fails, for lack of memory say, TensorFlow.js keeps the value and what its tape has saved. */
function orForget<T extends tf.TensorContainer>(differentiate: () => T): T {
  try {
    return tf.tidy(differentiate);
  } catch (error) {
    for (const { saved } of tf.engine().state.activeTape ?? []) tf.dispose(saved ?? []);
    throw error;
  }
}
