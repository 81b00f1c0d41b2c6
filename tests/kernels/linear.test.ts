import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { linear } from '../../src/kernels/linear/op.ts';
import type { WeightLayout } from '../../src/kernels/linear/op.ts';
import { linearGradReference, linearReference } from '../../src/kernels/linear/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectClose, runWithGradients, sizeOf } from './support.ts';

type Named = Record<'x' | 'weight' | 'bias', Float64Array>;

function linearCase(
  lead: readonly number[],
  [nIn, nOut]: readonly [number, number],
  layout: WeightLayout,
  hasBias: boolean,
): OperationCase {
  const shape = { nIn, nOut, layout };
  const bias = hasBias ? { bias: [nOut] } : {};
  return {
    name: `linear [${lead.join(' ')}] ${nIn} → ${nOut} ${layout}${hasBias ? ' bias' : ''}`,
    shapes: {
      x: [...lead, nIn],
      weight: layout === 'out_in' ? [nOut, nIn] : [nIn, nOut],
      ...bias,
    },
    run: ({ x, weight, bias }) => linear(x!, weight!, bias, layout),
    reference: (arrays) => linearReference(arrays as Named, shape),
    gradient: (arrays, dOut) => ({ ...linearGradReference(arrays as Named, shape, dOut) }),
  };
}

describeOperation('linear', {
  cases: [
    linearCase([1], [1, 1], 'out_in', false),
    linearCase([2, 3], [5, 7], 'out_in', true),
    linearCase([65], [4, 16], 'in_out', true),
    linearCase([2, 17], [33, 8], 'in_out', false),
    linearCase([13], [31, 1], 'out_in', false),
    linearCase([1], [1, 9], 'in_out', true),
    linearCase([4], [8, 7], 'out_in', true),
    linearCase([2, 2, 3], [3, 9], 'in_out', true),
  ],
  refusals: [
    {
      what: 'a weight of another width, out by in',
      run: () => linear(tf.zeros([2, 3]), tf.zeros([5, 4])),
      message: /linear x: expected shape \[2 4\], got \[2 3\]/,
    },
    {
      what: 'a weight of another width, in by out',
      run: () => linear(tf.zeros([2, 3]), tf.zeros([4, 3]), undefined, 'in_out'),
      message: /linear x: expected shape \[2 4\], got \[2 3\]/,
    },
    {
      what: 'a bias of another size',
      run: () => linear(tf.zeros([2, 3]), tf.zeros([5, 3]), tf.zeros([3])),
      message: /linear bias: expected shape \[5\], got \[3\]/,
    },
  ],
});

/** Rows, columns out and depth: registers of 4 × 8 and panels of 8, each with what is left over. */
const SHAPES = [1, 3, 4, 5, 7, 8, 9].flatMap((M) =>
  [1, 7, 8, 9, 17].map((N) => ({ M, N, K: ((M * N) % 11) + 1 })),
);
const TRANSPOSES = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

interface Product {
  M: number;
  N: number;
  K: number;
  transposeA: boolean;
  transposeB: boolean;
}

/** a · b in float64, of one batch. */
function productReference(a: Float64Array, b: Float64Array, product: Product): Float64Array {
  const { M, N, K, transposeA, transposeB } = product;
  return Float64Array.from({ length: M * N }, (_, i) => {
    const [row, column] = [Math.floor(i / N), i % N];
    let sum = 0;
    for (let k = 0; k < K; k++) {
      const left = a[transposeA ? k * M + row : row * K + k]!;
      sum += left * b[transposeB ? column * K + k : k * N + column]!;
    }
    return sum;
  });
}

const oriented = (rows: number, columns: number, transpose: boolean): [number, number] =>
  transpose ? [columns, rows] : [rows, columns];

describe.each(BACKENDS.filter((name) => name !== 'cpu'))('on %s', (backend) => {
  openForSuite(backend);
  const shapes = backend === 'wasm' ? SHAPES : SHAPES.filter((_, i) => i % 9 === 0);

  it.each(TRANSPOSES)(
    'BatchMatMul, $transposeA and $transposeB, of every rest of rows and columns',
    async (transposes) => {
      for (const shape of shapes) {
        const product = { ...shape, ...transposes };
        const { M, N, K } = product;
        const drawn = drawArrays({ a: [M, K], b: [K, N] }, 9) as Record<'a' | 'b', Float64Array>;
        const a = toTensor(drawn.a, oriented(M, K, product.transposeA));
        const b = toTensor(drawn.b, oriented(K, N, product.transposeB));
        const out = tf.matMul(a, b, product.transposeA, product.transposeB);
        const name = `${M} × ${K} × ${N}`;
        const golden = { [name]: productReference(drawn.a, drawn.b, product) };
        expectClose({ [name]: (await out.data()) as Float32Array }, golden, 1e-5);
        tf.dispose([a, b, out]);
      }
    },
  );

  it.each([
    { left: [2, 3], right: [2, 3], lead: [2, 3] },
    { left: [2, 3], right: [1, 1], lead: [2, 3] },
    { left: [1], right: [4], lead: [4] },
    { left: [], right: [3], lead: [3] },
    { left: [2, 1], right: [2, 1], lead: [2, 1] },
  ])('BatchMatMul of batches $left and $right', async ({ left, right, lead }) => {
    const [M, K, N] = [3, 5, 2];
    const drawn = drawArrays({ a: [...left, M, K], b: [...right, K, N] }, 10);
    const out = tf.matMul(
      toTensor(drawn.a!, [...left, M, K]),
      toTensor(drawn.b!, [...right, K, N]),
    );
    const part = (values: Float64Array, size: number, i: number) =>
      values.length === size ? values : values.subarray(i * size, (i + 1) * size);
    const golden = Array.from({ length: sizeOf(lead) }, (_, i) => [
      ...productReference(part(drawn.a!, M * K, i), part(drawn.b!, K * N, i), {
        M,
        N,
        K,
        transposeA: false,
        transposeB: false,
      }),
    ]).flat();
    expect(out.shape).toEqual([...lead, M, N]);
    expectClose({ out: (await out.data()) as Float32Array }, { out: golden }, 1e-5);
  });

  it.runIf(backend === 'wasm')('BatchMatMul refuses batches that only tiling makes fit', () => {
    const [a, b] = [tf.zeros([2, 1, 3, 4]), tf.zeros([1, 3, 4, 2])];
    expect(() => tf.matMul(a, b)).toThrow(
      /BatchMatMul: expected equal batch axes or one operand without, .*; tile the smaller one/,
    );
    tf.dispose([a, b]);
  });

  it('linear sums many rows into the gradient of its bias, to the precision of float32', async () => {
    const rows = 1031;
    const one = linearCase([rows], [1, 3], 'out_in', true);
    const arrays = drawArrays(one.shapes, 11);
    const dOut = new Float64Array(rows * 3).fill(0.1).map(Math.fround);
    const { gradients } = await runWithGradients(one, arrays, dOut);
    const golden = linearGradReference(
      arrays as Named,
      { nIn: 1, nOut: 3, layout: 'out_in' },
      dOut,
    );
    expectClose(gradients, { ...golden }, 1e-5);
  });

  it('linear of zero rows in depth is its bias', async () => {
    const [x, weight, bias] = [tf.ones([2, 3]), tf.zeros([4, 3]), tf.tensor1d([1, 2, 3, 4])];
    const out: Tensor = linear(x, weight, bias);
    expect([...(await out.data())]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    tf.dispose([x, weight, bias, out]);
  });

  it('linear is exact on whole numbers', async () => {
    const whole = (n: number, by: number) =>
      Float64Array.from({ length: n }, (_, i) => ((i * by) % 17) - 8);
    for (const layout of ['out_in', 'in_out'] as const) {
      const shape = { nIn: 19, nOut: 11, layout };
      const arrays = { x: whole(5 * 19, 7), weight: whole(19 * 11, 5), bias: whole(11, 3) };
      const weight = toTensor(arrays.weight, layout === 'out_in' ? [11, 19] : [19, 11]);
      const out = linear(toTensor(arrays.x, [5, 19]), weight, toTensor(arrays.bias, [11]), layout);
      expect([...(await out.data())]).toEqual([...linearReference(arrays, shape)]);
    }
  });
});

describe('the float64 reference of linear', () => {
  const x = Float64Array.of(1, 2);
  const weight = Float64Array.of(1, 10, 100, 1000, 10_000, 100_000);

  it('reads a weight out by in, or in by out', () => {
    const bias = Float64Array.of(0.5, 0.25, 0.125);
    const [nIn, nOut] = [2, 3];
    expect([...linearReference({ x, weight, bias }, { nIn, nOut, layout: 'out_in' })]).toEqual([
      21.5, 2100.25, 210_000.125,
    ]);
    expect([...linearReference({ x, weight }, { nIn, nOut, layout: 'in_out' })]).toEqual([
      2001, 20_010, 200_100,
    ]);
  });

  it('has as gradients the outer product, the transposed product and the sum', () => {
    const shape = { nIn: 2, nOut: 3, layout: 'out_in' as const };
    const bias = new Float64Array(3);
    const grad = linearGradReference({ x, weight, bias }, shape, Float64Array.of(1, 2, 3));
    expect([...grad.weight]).toEqual([1, 2, 2, 4, 3, 6]);
    expect([...grad.x]).toEqual([30_201, 302_010]);
    expect([...grad.bias!]).toEqual([1, 2, 3]);
  });
});
