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
 * RWKV's token shift: each channel a mixture of this token and the one before, zero before the first.
 *
 *     y_t = mix x_t + (1 - mix) x_{t-1}
 *
 * Kernels: `TokenMix` x [B L D], mix [D] → [B L D]; `TokenMixGrad` also `dOut` → dx, dmix.
 */
export function tokenMix(x: Tensor, mix: Tensor): Tensor {
  expectShape('tokenMix x', x, [null, null, null]);
  expectShape('tokenMix mix', mix, [x.shape[2] as number]);
  if (usesComposedOperations()) return composed(x, mix);
  return differentiable(
    { x, mix },
    () => runSingle('TokenMix', { x, mix }),
    (dOut, saved) => runKernel('TokenMixGrad', { dOut, ...saved }),
  );
}

function composed(x: Tensor, mix: Tensor): Tensor {
  const [nBatch, length, channels] = x.shape as [number, number, number];
  const first = tf.zeros([nBatch, 1, channels]);
  const before = tf.concat([first, tf.slice(x, [0, 0, 0], [nBatch, length - 1, channels])], 1);
  return tf.add(before, tf.mul(mix, tf.sub(x, before)));
}
