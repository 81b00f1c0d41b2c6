import * as tf from '@tensorflow/tfjs-core';
import { selectiveScan } from '../../kernels/selective-scan/op.ts';
import { HALF_STATES } from '../../kernels/selective-scan/webgpu.ts';
import { RandomStream } from '../../numerics/random.ts';
import { measure } from './measure.ts';
import type { Prepare } from './measure.ts';

export const SCAN = { batch: 64, length: 82, d_model: 64 };

/** A scan at the shape of the small trainings, as a function of dOut [batch length channels]. */
function drawScan() {
  const { batch, length, d_model } = SCAN;
  const random = RandomStream.fromSeed(0);
  const [channels, states] = [2 * d_model, 16];
  const drawn = (...shape: number[]): tf.Tensor =>
    tf.tensor(random.normals(tf.util.sizeFromShape(shape)), shape);
  const [u, delta, dOut] = [1, 2, 3].map(() => drawn(batch, length, channels));
  const A = tf.tidy(() => tf.neg(tf.exp(drawn(channels, states))));
  const [B, C] = [1, 2].map(() => drawn(batch, length, states));
  const inputs = [u, delta, A, B, C] as tf.Tensor[];
  const gradient = tf.grads((u, delta, A, B, C) => selectiveScan({ u, delta, A, B, C }));
  return {
    gradients: () => gradient(inputs, dOut),
    dispose: () => tf.dispose([inputs, dOut]),
  };
}

/** The selective scan alone, forward and backward. */
export const scanGradient: Prepare = () => {
  const scan = drawScan();
  return {
    async run() {
      const gradients = scan.gradients();
      await gradients[0]?.data();
      tf.dispose(gradients);
    },
    dispose: scan.dispose,
  };
};

/** Time and memory with states between chunks in half precision, and how far gradients are off (max norm, relative). */
export async function compareHalfStates(runs: number): Promise<Record<string, number>> {
  // Leaves both a pool of buffers, without which uploads take less.
  await measure(scanGradient, 1);
  const inFull = await measure(scanGradient, runs);
  tf.env().set(HALF_STATES, true);
  const inHalf = await measure(scanGradient, runs);
  const rounded = gradientsOnce();
  tf.env().set(HALF_STATES, false);
  const exact = gradientsOnce();
  const errors = rounded.map((gradient, i) => relativeDifference(gradient, exact[i] as tf.Tensor));
  const relativeErrors = await Promise.all(errors.map(async (error) => (await error.data())[0]!));
  tf.dispose([errors, exact, rounded]);
  return {
    medianMs: inHalf.medianMs,
    timesAsLong: inHalf.medianMs / inFull.medianMs,
    timesTheMemory: inHalf.peakBytes! / inFull.peakBytes!,
    relativeError: Math.max(...relativeErrors),
  };
}

function gradientsOnce(): tf.Tensor[] {
  const scan = drawScan();
  const gradients = scan.gradients();
  scan.dispose();
  return gradients;
}

const relativeDifference = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.tidy(() => tf.div(tf.max(tf.abs(tf.sub(a, b))), tf.max(tf.abs(b))));
