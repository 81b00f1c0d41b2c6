import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  differentiable,
  expectShape,
  runKernel,
  runSingle,
  usesComposedOperations,
} from '../op.ts';

/**
 * A causal depthwise convolution as long as the sequence, with a skip connection, summed directly:
 *
 *     y_t = Σ_{l ≤ t} K_l u_{t-l} + D u_t
 *
 * Kernels: `LongConv` u [B L H], K [L H], D [H] → [B L H]; `LongConvGrad` also takes `dOut` → du, dK, dD.
 * @returns [B L H]
 */
export function longConv(u: Tensor, K: Tensor, D: Tensor): Tensor {
  expectShape('longConv u', u, [null, null, null]);
  const [, length, channels] = u.shape as [number, number, number];
  expectShape('longConv K', K, [length, channels]);
  expectShape('longConv D', D, [channels]);
  if (usesComposedOperations()) return composed(u, K, D);
  const inputs = { u, K, D };
  return differentiable(
    inputs,
    () => runSingle('LongConv', inputs),
    (dOut, saved) => runKernel('LongConvGrad', { dOut, ...saved }),
  );
}

/** A product with the lower triangular Toeplitz matrix of each channel. */
function composed(u: Tensor, K: Tensor, D: Tensor): Tensor {
  const [, length, channels] = u.shape as [number, number, number];
  const padded = tf.concat([K, tf.zeros([1, channels])]);
  const lags = Int32Array.from({ length: length * length }, (_, i) => {
    const lag = Math.floor(i / length) - (i % length);
    return lag < 0 ? length : lag;
  });
  const rows = tf.gather(padded, tf.tensor1d(lags, 'int32')); // [L·L H]
  const toeplitz = tf.reshape(tf.transpose(rows), [channels, length, length]);
  const mixed = tf.matMul(toeplitz, tf.transpose(u, [2, 1, 0])); // [H L B]
  return tf.add(tf.transpose(mixed, [2, 1, 0]), tf.mul(D, u));
}
