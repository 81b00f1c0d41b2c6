import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expectIds, expectShape, runSingle } from '../op.ts';

/** How an entry of 16 bits is meant: IEEE half precision, or the upper half of a float32. */
export type HalfFormat = 'F16' | 'BF16';

/** A matrix that stays in 16 bits an entry. */
export interface HalfMatrix {
  /** int32 [rows ⌈columns / 2⌉]: two neighbours a word, the first in its lower half. */
  words: Tensor;
  columns: number;
  format: HalfFormat;
}

/** Whether the current backend has these operations; elsewhere matrices have to be float32. */
export const hasHalfMatrices = (): boolean => tf.getBackend() === 'wasm';

/**
 * Puts a matrix on the device as it is.
 * @param bits [rows columns], row-major
 * @throws Error for an infinity or not-a-number, which widening float16 would lose
 */
export function halfMatrix(
  bits: Uint16Array,
  [rows, columns]: readonly [number, number],
  format: HalfFormat,
): HalfMatrix {
  const special = format === 'F16' ? 0x7c00 : 0x7f80;
  for (let i = 0; i < bits.length; i++) {
    if ((bits[i]! & special) !== special) continue;
    const where = `row ${Math.floor(i / columns)}`;
    throw new Error(
      `halfMatrix: expected finite numbers, got ${bits[i]!.toString(16)} in ${where}; check the file`,
    );
  }
  const width = Math.ceil(columns / 2);
  return {
    words: tf.tensor(wordsOf(bits, rows, columns), [rows, width], 'int32'),
    columns,
    format,
  };
}

/** The same bits where they lie, if rows fill whole words. */
function wordsOf(bits: Uint16Array, rows: number, columns: number): Int32Array {
  if (columns % 2 === 0 && bits.byteOffset % 4 === 0)
    return new Int32Array(bits.buffer, bits.byteOffset, bits.length / 2);
  const padded = columns + (columns % 2);
  const whole = new Uint16Array(rows * padded);
  for (let row = 0; row < rows; row++)
    whole.set(bits.subarray(row * columns, (row + 1) * columns), row * padded);
  return new Int32Array(whole.buffer);
}

/**
 * y = x Wᵀ + b, as `linear`, widening W on the way; sums are in float32. No gradient: weights of 16 bits are for
 * inference.
 *
 * Kernel `HalfLinear`, on `wasm`: x [R in], words int32 [out ⌈in / 2⌉], bias? [out], attribute `format` → [R out].
 * @param x [… in]
 * @returns [… out]
 */
export function halfLinear(
  x: Tensor,
  { words, columns, format }: HalfMatrix,
  bias?: Tensor,
): Tensor {
  const nOut = words.shape[0];
  const lead = x.shape.slice(0, -1);
  expectShape('halfLinear x', x, [...lead, columns]);
  if (bias) expectShape('halfLinear bias', bias, [nOut]);
  const rows = tf.reshape(x, [-1, columns]);
  return tf.reshape(runSingle('HalfLinear', { x: rows, words, bias }, { format }), [...lead, nOut]);
}

/**
 * Rows of a matrix, as `embedding`. No gradient.
 *
 * Kernel `HalfRows`, on `wasm`: ids int32 [n], words, attributes `columns`, `format` → [n columns].
 * @param ids int32 [… ]
 * @returns [… columns]
 */
export function halfRows(ids: Tensor, { words, columns, format }: HalfMatrix): Tensor {
  expectIds('halfRows ids', ids, words.shape[0]);
  const out = runSingle('HalfRows', { ids: tf.reshape(ids, [-1]), words }, { columns, format });
  return tf.reshape(out, [...ids.shape, columns]);
}
