import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { halfToFloat } from '../../src/checkpoints/half.ts';
import {
  halfLinear,
  halfMatrix,
  halfRows,
  hasHalfMatrices,
} from '../../src/kernels/half-linear/op.ts';
import type { HalfFormat } from '../../src/kernels/half-linear/op.ts';
import { halfMatrixReference, widened } from '../../src/kernels/half-linear/reference.ts';
import { linearReference } from '../../src/kernels/linear/reference.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import { expectClose } from './support.ts';

const FORMATS: readonly HalfFormat[] = ['F16', 'BF16'];
const SPECIAL = { F16: 0x7c00, BF16: 0x7f80 };
/** Bits of numbers between about 2^-9 and 2: larger products would say little of the others. */
const EXPONENTS = { F16: [6, 15, 10], BF16: [118, 127, 7] } as const;

function drawBits(count: number, format: HalfFormat, seed: number): Uint16Array {
  const random = RandomStream.fromSeed(seed);
  const [least, most, fraction] = EXPONENTS[format];
  return Uint16Array.from({ length: count }, () => {
    const exponent = Math.floor(random.uniform(least, most + 1));
    const sign = random.uniform(0, 1) < 0.5 ? 0x8000 : 0;
    return sign | (exponent << fraction) | Math.floor(random.uniform(0, 2 ** fraction));
  });
}

describe('the float64 reference of matrices of 16 bits', () => {
  it('widens as the reader of checkpoints does, every finite float16', () => {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i).filter(
      (value) => (value & SPECIAL.F16) !== SPECIAL.F16,
    );
    expect(halfMatrixReference(bits, 'F16')).toEqual(Float64Array.from(halfToFloat(bits)));
  });

  it('takes a bfloat16 for the upper half of a float32', () => {
    const halves = [0x3f80, 0xc2f7, 0x0001, 0x8000, 0x7f7f];
    const floats = new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
    expect(halves.map((half) => widened(half, 'BF16'))).toEqual([...floats]);
  });
});

describe.runIf(BACKENDS.includes('wasm'))('on wasm', () => {
  openForSuite('wasm');

  /** Few rows are multiplied in place, more by panels of 8 and blocks of 256 in depth. */
  const SIZES = [1, 2, 8, 9, 13].flatMap((M) =>
    [
      [1, 1],
      [3, 5],
      [8, 8],
      [17, 31],
      [10, 257],
      [4, 520],
    ].map(([N, K]) => ({ M, N: N!, K: K! })),
  );

  it.each(FORMATS)('%s: products of every rest of rows, columns and depth', async (format) => {
    const random = RandomStream.fromSeed(3);
    for (const { M, N, K } of SIZES) {
      const bits = drawBits(N * K, format, M + N + K);
      const [x, bias] = [random.normals(M * K), random.normals(N)];
      const matrix = halfMatrix(bits, [N, K], format);
      const [tx, tb] = [tf.tensor(x, [M, K]), tf.tensor(bias)];
      const golden = linearReference(
        {
          x: Float64Array.from(x),
          weight: halfMatrixReference(bits, format),
          bias: Float64Array.from(bias),
        },
        { nIn: K, nOut: N, layout: 'out_in' },
      );
      const out = tf.tidy(() => halfLinear(tx, matrix, tb));
      expectClose({ out: (await out.data()) as Float32Array }, { out: golden }, 1e-5);
      tf.dispose([out, tx, tb, matrix.words]);
    }
  });

  it.each(FORMATS)('%s: rows exactly, of every finite number there is', async (format) => {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i).map((value) =>
      (value & SPECIAL[format]) === SPECIAL[format] ? 0 : value,
    );
    for (const columns of [256, 255]) {
      const rows = Math.floor(bits.length / columns);
      const used = bits.subarray(0, rows * columns);
      const matrix = halfMatrix(used, [rows, columns], format);
      const ids = tf.tensor(
        [rows - 1, ...Array.from({ length: rows }, (_, i) => i)],
        [1, rows + 1],
        'int32',
      );
      const out = tf.tidy(() => halfRows(ids, matrix));
      const expected = Float32Array.from(halfMatrixReference(used, format));
      expect(out.shape).toEqual([1, rows + 1, columns]);
      expect(((await out.data()) as Float32Array).slice(columns)).toEqual(expected);
      tf.dispose([ids, out, matrix.words]);
    }
  });

  it('takes half the memory of float32, and refuses what it would lose', () => {
    const before = tf.memory().numBytes;
    const matrix = halfMatrix(drawBits(64 * 32, 'F16', 1), [64, 32], 'F16');
    expect(tf.memory().numBytes - before).toBe(2 * 64 * 32);
    matrix.words.dispose();
    expect(() => halfMatrix(Uint16Array.of(0, 0, 0, 0xfc00), [2, 2], 'F16')).toThrow(
      /expected finite numbers, got fc00 in row 1/,
    );
  });

  it('refuses other widths', () => {
    const matrix = halfMatrix(drawBits(6, 'F16', 1), [2, 3], 'F16');
    expect(() => halfLinear(tf.zeros([1, 4]), matrix)).toThrow(/halfLinear x: expected shape/);
    expect(() => halfRows(tf.tensor([2], [1], 'int32'), matrix)).toThrow(
      /expected ids from 0 to 1/,
    );
    expect(hasHalfMatrices()).toBe(true);
  });
});
