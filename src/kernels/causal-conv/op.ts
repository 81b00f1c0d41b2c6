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
 * silu of a causal depthwise convolution: pre_t = bias + Σ_j weight_j x_{t - K + 1 + j}.
 *
 * Kernels: `CausalConvSilu` x [B L D], weight [D K], bias [D] → [B L D]; `CausalConvSiluGrad` also takes
 * `dOut` → dx, dweight, dbias, and recomputes the values before the activation.
 */
export function causalConvSilu(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  expectShape('causalConvSilu x', x, [null, null, null]);
  expectShape('causalConvSilu weight', weight, [x.shape[2] as number, null]);
  expectShape('causalConvSilu bias', bias, [x.shape[2] as number]);
  if (usesComposedOperations()) return composed(x, weight, bias);
  const inputs = { x, weight, bias };
  return differentiable(
    inputs,
    () => runSingle('CausalConvSilu', inputs),
    (dOut, saved) => runKernel('CausalConvSiluGrad', { dOut, ...saved }),
  );
}

function composed(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [nBatch, length, channels] = x.shape as [number, number, number];
  const width = weight.shape[1] as number;
  const padded = tf.pad(x, [
    [0, 0],
    [width - 1, 0],
    [0, 0],
  ]);
  let pre: Tensor = tf.reshape(bias, [1, 1, channels]);
  for (let j = 0; j < width; j++) {
    const tap = tf.reshape(tf.slice(weight, [0, j], [channels, 1]), [1, 1, channels]);
    pre = tf.add(pre, tf.mul(tap, tf.slice(padded, [0, j, 0], [nBatch, length, channels])));
  }
  return tf.mul(pre, tf.sigmoid(pre));
}
