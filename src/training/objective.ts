import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters, ParameterValues } from '../models/model.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { HostTensor } from '../numerics/safetensors.ts';

/**
 * Mean loss of a batch.
 * @param feeds what the batch feeds, on the device
 * @param random in training only: the source of what is random in a forward pass
 */
type Loss = (parameters: Parameters, feeds: readonly Tensor[], random?: RandomStream) => Tensor;

/** What a training works at: a model on the batches of a task. */
export interface Objective {
  /** Draws the initial parameters. */
  init(random: RandomStream): ParameterValues;
  /** What a step (counted from 0) feeds to the device: arrays in a fixed order. */
  feed(step: number, random: RandomStream): HostTensor[];
  loss: Loss;
  /** Items of a batch, along the first axis of each feed; the loss is their mean. */
  batch: number;
  /** Feeds of so many items in the largest shapes of the training, their values unspecified. */
  largest(items: number): HostTensor[];
  /** The loss that is recorded as 1. */
  unit: number;
  /** Whether `loss` draws from its `random`, so that no step is a replay of another. */
  draws: boolean;
}

/** What of an objective a single step needs. */
export type StepObjective = Pick<Objective, 'loss' | 'batch' | 'largest'>;

/** @returns tensors; the caller disposes them */
export function lossAndGradients(
  loss: Loss,
  parameters: Parameters,
  feeds: readonly HostTensor[],
  random?: RandomStream,
): { loss: Tensor; gradients: Parameters } {
  const names = Object.keys(parameters);
  const lossOf = (...tensors: Tensor[]): tf.Scalar => {
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const fed = feeds.map(({ shape, values }) => tf.tensor(values, shape));
    return loss(named, fed, random) as tf.Scalar;
  };
  const { value, grads } = orForget(() => tf.valueAndGrads(lossOf)(Object.values(parameters)));
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
