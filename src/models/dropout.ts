import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { RandomStream } from '../numerics/random.ts';
import { fill } from './initial.ts';

/**
 * Dropout of whole channels (Tompson et al. 2015; PyTorch's `Dropout1d`): each prompt loses a channel over
 * all tokens with the given probability; what stays is scaled to keep the mean.
 * @param x [B L D]
 * @param probability in [0, 1)
 */
export function channelDropout(x: Tensor, probability: number, random: RandomStream): Tensor {
  if (!(probability >= 0 && probability < 1)) {
    throw new RangeError(
      `channelDropout: expected a probability from 0 to below 1, got ${probability}`,
    );
  }
  const [nBatch, , channels] = x.shape as [number, number, number];
  const scale = 1 / (1 - probability);
  const mask = fill([nBatch, 1, channels], () => (random.uniform() < probability ? 0 : scale));
  return tf.mul(x, tf.tensor(mask.values, mask.shape));
}
