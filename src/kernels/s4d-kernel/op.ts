import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  differentiable,
  expectShape,
  runKernel,
  runSingle,
  usesComposedOperations,
} from '../op.ts';

/** Notation: H channels, M = d_state / 2 conjugate pairs of states a channel, L lags. */
export type S4dKernelInputs = {
  /** [H] logarithm of the step Δ */
  log_dt: Tensor;
  /** [H M]; Re A = -exp(log_A_real) */
  log_A_real: Tensor;
  /** [H M] */
  A_imag: Tensor;
  /** [H M 2] real and imaginary parts */
  C: Tensor;
};

/**
 * The convolution kernel of S4D (Gu et al. 2022, section 3) under zero-order hold:
 *
 *     K[l] = 2 Re Σ_m C_m (exp(Δ A_m) - 1) / A_m · exp(Δ A_m)^l
 *
 * Kernels: `S4dKernel` log_dt, log_A_real, A_imag, C, attribute `length` → K [L H]; `S4dKernelGrad` also
 * `dOut` → their gradients. float64 on `wasm`; in float32 the phase of lag l is off by some
 * l Δ |A_imag| 1e-7, as in every float32 implementation.
 * @returns K [L H], the lag first, which is how `longConv` reads it
 */
export function s4dKernel(inputs: S4dKernelInputs, length: number): Tensor {
  const { log_dt, log_A_real, A_imag, C } = inputs;
  expectShape('s4dKernel log_A_real', log_A_real, [null, null]);
  const [channels, modes] = log_A_real.shape as [number, number];
  expectShape('s4dKernel log_dt', log_dt, [channels]);
  expectShape('s4dKernel A_imag', A_imag, [channels, modes]);
  expectShape('s4dKernel C', C, [channels, modes, 2]);
  if (usesComposedOperations()) return composed(inputs, length);
  const ordered = { log_dt, log_A_real, A_imag, C };
  return differentiable(
    ordered,
    () => runSingle('S4dKernel', ordered, { length }),
    (dOut, saved) => runKernel('S4dKernelGrad', { dOut, ...saved }, { length }),
  );
}

/** exp(x) - 1 keeps its precision near zero: there cos y - 1 is -2 sin²(y / 2). */
function composed({ log_dt, log_A_real, A_imag, C }: S4dKernelInputs, length: number): Tensor {
  const [channels, modes] = A_imag.shape as [number, number];
  const dt = tf.reshape(tf.exp(log_dt), [channels, 1]);
  const re = tf.neg(tf.exp(log_A_real));
  const [decay, turn] = [tf.mul(dt, re), tf.mul(dt, A_imag)]; // Δ A, [H M]
  const bend = tf.mul(2, tf.square(tf.sin(tf.mul(0.5, turn))));
  const growthRe = tf.sub(tf.mul(tf.expm1(decay), tf.cos(turn)), bend);
  const growthIm = tf.mul(tf.exp(decay), tf.sin(turn));
  const norm = tf.add(tf.square(re), tf.square(A_imag));
  const heldRe = tf.div(tf.add(tf.mul(growthRe, re), tf.mul(growthIm, A_imag)), norm);
  const heldIm = tf.div(tf.sub(tf.mul(growthIm, re), tf.mul(growthRe, A_imag)), norm);
  const part = (i: number): Tensor =>
    tf.reshape(tf.slice(C, [0, 0, i], [channels, modes, 1]), [channels, modes]);
  const [CRe, CIm] = [part(0), part(1)];
  const outRe = tf.sub(tf.mul(CRe, heldRe), tf.mul(CIm, heldIm));
  const outIm = tf.add(tf.mul(CRe, heldIm), tf.mul(CIm, heldRe));
  const lags = tf.range(0, length);
  const along = (x: Tensor): Tensor => tf.reshape(x, [channels, modes, 1]);
  const size = tf.exp(tf.mul(along(decay), lags)); // [H M L]
  const phase = tf.mul(along(turn), lags);
  const wave = tf.sub(tf.mul(along(outRe), tf.cos(phase)), tf.mul(along(outIm), tf.sin(phase)));
  return tf.transpose(tf.mul(2, tf.sum(tf.mul(size, wave), 1)));
}
