import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HALF_PRODUCTS, multiply } from '../../src/kernels/matmul/webgpu.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { hasMatrixHardware } from '../../src/runtime/matrix-hardware.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { BACKENDS, open } from './backends.ts';
import { relativeError } from './support.ts';

const TRANSPOSES = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** m, n, k: tiles and depths that end within, many tiles, few tiles and so a split K. */
const SHAPES = [
  [144, 112, 84],
  [1296, 1040, 48],
  [48, 80, 1316],
  [5248, 64, 20],
] as const;

const shaped = (rows: number, columns: number, transpose: boolean): [number, number] =>
  transpose ? [columns, rows] : [rows, columns];

/** In float64, element by element. */
function reference(
  [m, n, k]: readonly [number, number, number],
  { a, b, bias }: Record<'a' | 'b' | 'bias', Float32Array>,
  [transposeA, transposeB]: readonly [boolean, boolean],
): Float64Array {
  return Float64Array.from({ length: m * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    let sum = bias[column] ?? 0;
    for (let j = 0; j < k; j++) {
      sum +=
        a[transposeA ? j * m + row : row * k + j]! *
        b[transposeB ? column * k + j : j * n + column]!;
    }
    return sum;
  });
}

describe.runIf(BACKENDS.includes('webgpu'))('products on subgroup matrices', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open('webgpu');
    if (!hasMatrixHardware(runtime.device!)) {
      process.stderr.write(`matmul tests: skip, as ${runtime.adapter} has no matrix hardware\n`);
    }
  });
  afterAll(() => runtime.close());

  const cases = SHAPES.flatMap((shape) =>
    TRANSPOSES.flatMap((transposes) => [false, true].map((bias) => ({ shape, transposes, bias }))),
  );

  it.each(cases)(
    '$shape, transposed $transposes, bias $bias',
    async ({ shape, transposes, bias }) => {
      if (!hasMatrixHardware(runtime.device!)) return;
      const random = RandomStream.fromSeed(3);
      const [m, n, k] = shape;
      const values = {
        a: random
          .fork('a')
          .normals(m * k)
          .map((x) => x * 1e-5),
        b: random
          .fork('b')
          .normals(k * n)
          .map((x) => x * 30),
        bias: bias ? random.fork('bias').normals(n) : new Float32Array(),
      };
      const a = tf.tensor2d(values.a, shaped(m, k, transposes[0]));
      const b = tf.tensor2d(values.b, shaped(k, n, transposes[1]));
      const biases = bias ? { bias: tf.tensor1d(values.bias) } : {};
      const golden = reference(shape, values, transposes);
      for (const [half, tolerance] of [
        [false, 2e-6],
        [true, 1e-3],
      ] as const) {
        tf.env().set(HALF_PRODUCTS, half);
        const product = { a, b, ...biases, transposeA: transposes[0], transposeB: transposes[1] };
        const out = multiply(tf.backend() as WebGPUBackend, product);
        tf.env().set(HALF_PRODUCTS, false);
        // A split K with a bias is left to the stock product.
        if (!out && bias) continue;
        if (!out) throw new Error('expected a product, got none');
        const ours = (await tf.backend().read(out.dataId)) as Float32Array;
        expect(relativeError(ours, golden), `half ${half}`).toBeLessThan(tolerance);
        tf.backend().disposeData(out.dataId);
      }
      runtime.check();
    },
  );
});
