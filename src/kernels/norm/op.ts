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
 * x / rms(x) · weight over the last axis (Zhang & Sennrich 2019).
 *
 * Kernels: `RmsNorm` x [R D], weight [D], attribute `epsilon` → [R D]; `RmsNormGrad` also `dOut` →
 * dx, dweight.
 */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const size = x.shape.at(-1) as number;
  expectShape('rmsNorm weight', weight, [size]);
  if (usesComposedOperations()) {
    const meanSquare = tf.mean(tf.square(x), -1, true);
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, epsilon))), weight);
  }
  const inputs = { x: tf.reshape(x, [-1, size]), weight };
  const out = differentiable(
    inputs,
    () => runSingle('RmsNorm', inputs, { epsilon }),
    (dOut, saved) => runKernel('RmsNormGrad', { dOut, ...saved }, { epsilon }),
  );
  return tf.reshape(out, x.shape);
}

/**
 * (x - mean) / sqrt(variance + ε) · weight + bias over the last axis (Ba et al. 2016).
 *
 * Kernels: `LayerNorm` x [R D], weight [D], bias [D], attribute `epsilon` → [R D]; `LayerNormGrad` also
 * `dOut` → dx, dweight, dbias.
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const size = x.shape.at(-1) as number;
  expectShape('layerNorm weight', weight, [size]);
  expectShape('layerNorm bias', bias, [size]);
  if (usesComposedOperations()) {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), weight), bias);
  }
  const inputs = { x: tf.reshape(x, [-1, size]), weight, bias };
  const out = differentiable(
    inputs,
    () => runSingle('LayerNorm', inputs, { epsilon }),
    (dOut, saved) => runKernel('LayerNormGrad', { dOut, ...saved }, { epsilon }),
  );
  return tf.reshape(out, x.shape);
}
