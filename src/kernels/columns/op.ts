import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { runKernel, runSingle, usesComposedOperations } from '../op.ts';

/**
 * Cuts the last axis into parts.
 *
 * Kernels: `SplitColumns` x [R n], attribute `sizes` → parts [R size]; `ConcatColumns` inputs `0`, `1`, …
 * [R size] → [R n].
 * @param x [… n]
 * @param sizes sums to n
 */
export function splitColumns(x: Tensor, sizes: readonly number[]): Tensor[] {
  const n = x.shape.at(-1) as number;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== n) {
    throw new Error(
      `splitColumns sizes: expected a sum of ${n}, got ${sizes.join(' + ')} = ${total}`,
    );
  }
  // The tape hands the gradient of a single output over bare, not in a list.
  if (sizes.length === 1) return [tf.reshape(x, x.shape)];
  if (usesComposedOperations()) return tf.split(x, [...sizes], x.rank - 1);
  const lead = x.shape.slice(0, -1);
  const parts = runKernel('SplitColumns', { x: tf.reshape(x, [-1, n]) }, { sizes });
  return parts.map((part, i) => tf.reshape(part, [...lead, sizes[i] as number]));
}

/** A gradient by name, since the tape's `customGrad` knows one output only. */
tf.registerGradient({
  kernelName: 'SplitColumns',
  gradFunc: (dOuts) => ({
    x: () =>
      runSingle(
        'ConcatColumns',
        Object.fromEntries((dOuts as Tensor[]).map((dOut, i) => [`${i}`, dOut])),
      ),
  }),
});
