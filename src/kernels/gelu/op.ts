import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable, runSingle, usesComposedOperations } from '../op.ts';

/**
 * GELU in GPT-2's tanh approximation (`gelu_new`), which equals
 * x · sigmoid(2 sqrt(2/π) (x + 0.044715 x³)).
 *
 * Kernels: `Gelu` x → same shape; `GeluGrad` dOut, x → dx.
 */
export function gelu(x: Tensor): Tensor {
  if (usesComposedOperations()) {
    const inner = tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x))));
    return tf.mul(x, tf.sigmoid(tf.mul(2 * Math.sqrt(2 / Math.PI), inner)));
  }
  return differentiable(
    { x },
    () => runSingle('Gelu', { x }),
    (dOut, saved) => [runSingle('GeluGrad', { dOut, ...saved })],
  );
}
