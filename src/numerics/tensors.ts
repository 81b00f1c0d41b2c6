import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { HostTensor } from './safetensors.ts';

/** Named tensors on the device; the caller disposes them. */
export const toTensors = (
  tensors: Readonly<Record<string, Readonly<HostTensor>>>,
): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]),
  );
