import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable, runSingle, usesComposedOperations } from '../op.ts';

/**
 * GELU as defined (Hendrycks & Gimpel 2016): x Φ(x), with Φ the normal distribution function. `gelu` is
 * its tanh approximation.
 *
 * Kernels: `GeluExact` x → same shape; `GeluExactGrad` dOut, x → dx.
 */
export function geluExact(x: Tensor): Tensor {
  if (usesComposedOperations()) {
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.mul(Math.SQRT1_2, x))));
  }
  return differentiable(
    { x },
    () => runSingle('GeluExact', { x }),
    (dOut, saved) => [runSingle('GeluExactGrad', { dOut, ...saved })],
  );
}
