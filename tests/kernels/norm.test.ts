import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { layerNorm, rmsNorm } from '../../src/kernels/norm/op.ts';
import { normGradReference, normReference } from '../../src/kernels/norm/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

type Named = Record<'x' | 'weight' | 'bias', Float64Array>;

function normCase(lead: readonly number[], size: number, centred: boolean): OperationCase {
  const bias = centred ? { bias: [size] } : {};
  // Of one or two values nothing is left but the rounding of ε, unless it is large.
  const epsilon = size > 2 ? 1e-5 : 0.5;
  return {
    name: `${centred ? 'layerNorm' : 'rmsNorm'} [${lead.join(' ')}] D${size}`,
    shapes: { x: [...lead, size], weight: [size], ...bias },
    run: ({ x, weight, bias }) =>
      bias ? layerNorm(x!, weight!, bias, epsilon) : rmsNorm(x!, weight!, epsilon),
    reference: (arrays) => normReference(arrays as Named, epsilon),
    gradient: (arrays, dOut) => ({ ...normGradReference(arrays as Named, epsilon, dOut) }),
  };
}

describeOperation('rmsNorm', {
  cases: [
    normCase([1], 1, false),
    normCase([2, 5], 3, false),
    normCase([65], 64, false),
    normCase([3], 131, false),
    normCase([7], 2, false),
    normCase([1], 63, false),
    normCase([2, 2, 2], 5, false),
    normCase([129], 4, false),
  ],
  refusals: [
    {
      what: 'a weight of another size',
      run: () => rmsNorm(tf.zeros([2, 3]), tf.zeros([2]), 1e-5),
      message: /rmsNorm weight: expected shape \[3\], got \[2\]/,
    },
    {
      what: 'a weight of two axes',
      run: () => rmsNorm(tf.zeros([2, 3]), tf.zeros([1, 3]), 1e-5),
      message: /rmsNorm weight: expected shape \[3\], got \[1 3\]/,
    },
  ],
});

describeOperation('layerNorm', {
  cases: [
    normCase([1], 2, true),
    normCase([2, 5], 7, true),
    normCase([67], 65, true),
    normCase([3], 3, true),
    normCase([1], 127, true),
    normCase([2, 3, 1], 8, true),
    normCase([131], 5, true),
  ],
  refusals: [
    {
      what: 'a weight of another size',
      run: () => layerNorm(tf.zeros([2, 3]), tf.zeros([4]), tf.zeros([3]), 1e-5),
      message: /layerNorm weight: expected shape \[3\], got \[4\]/,
    },
    {
      what: 'a bias of another size',
      run: () => layerNorm(tf.zeros([2, 3]), tf.zeros([3]), tf.zeros([2]), 1e-5),
      message: /layerNorm bias: expected shape \[3\], got \[2\]/,
    },
  ],
});

describe('the float64 reference of norms', () => {
  const one = Float64Array.of(1, 1);

  it('divides by the root of the mean square', () => {
    const x = Float64Array.of(3, 4, 6, 8);
    const root = Math.sqrt(12.5);
    expectEach(
      normReference({ x, weight: Float64Array.of(1, 2) }, 0),
      [3 / root, 8 / root, 3 / root, 8 / root],
      1e-12,
    );
  });

  it('takes the mean off where there is a bias', () => {
    const x = Float64Array.of(1, 3, 10, 30);
    const out = normReference({ x, weight: one, bias: Float64Array.of(0.5, 0) }, 0);
    expectEach(out, [-0.5, 1, -0.5, 1], 1e-12);
  });

  it('adds ε to the mean square, not to the root', () => {
    const out = normReference({ x: Float64Array.of(1, 1), weight: one }, 3);
    expectEach(out, [0.5, 0.5], 1e-12);
  });

  it.each([false, true])('has no gradient along its own direction, centred %s', (centred) => {
    const { x, weight, dOut } = drawArrays({ x: [9], weight: [9], dOut: [9] }, 3) as Record<
      'x' | 'weight' | 'dOut',
      Float64Array
    >;
    const bias = centred ? { bias: new Float64Array(9) } : {};
    const { x: dx } = normGradReference({ x, weight, ...bias }, 0, dOut);
    const along = dx.reduce((sum, value, i) => sum + value * x[i]!, 0);
    expect(Math.abs(along)).toBeLessThan(1e-12);
    const shift = dx.reduce((sum, value) => sum + value, 0);
    expect(Math.abs(shift) < 1e-12).toBe(centred);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it.each([1e-12, 1e-3, 1, 1e6, 1e15])(
    'rmsNorm does not depend on the scale of x, %f',
    async (scale) => {
      const { x } = drawArrays({ x: [3, 5] }, 4);
      const weight = tf.ones([5]);
      const golden = normReference({ x: x!, weight: new Float64Array(5).fill(1) }, 0);
      const out = rmsNorm(
        toTensor(
          x!.map((value) => scale * value),
          [3, 5],
        ),
        weight,
        0,
      );
      expectClose({ out: await out.data() }, { out: golden }, 1e-5);
      tf.dispose([out, weight]);
    },
  );

  it('layerNorm is right on a large mean', async () => {
    const { x } = drawArrays({ x: [4, 16] }, 5);
    const far = x!.map((value) => Math.fround(1000 + value));
    const ones = new Float64Array(16).fill(1);
    const golden = normReference({ x: far, weight: ones, bias: new Float64Array(16) }, 1e-5);
    const out = layerNorm(toTensor(far, [4, 16]), tf.ones([16]), tf.zeros([16]), 1e-5);
    expectClose({ out: await out.data() }, { out: golden }, 1e-3);
    out.dispose();
  });

  it('a row of zeros stays zero, and of equal values becomes the bias', async () => {
    const zero = rmsNorm(tf.zeros([2, 5]), tf.ones([5]), 1e-5);
    expect([...(await zero.data())]).toEqual(Array.from({ length: 10 }, () => 0));
    const bias = tf.tensor1d([1, 2, 3]);
    const even = layerNorm(tf.mul(tf.ones([2, 3]), 4), tf.ones([3]), bias, 1e-5);
    expect([...(await even.data())]).toEqual([1, 2, 3, 1, 2, 3]);
    tf.dispose([zero, even, bias]);
  });

  it('rows do not see each other', async () => {
    const { x, weight } = drawArrays({ x: [5, 7], weight: [7] }, 6);
    const norms = async (values: Float64Array, rows: number) => {
      const out = rmsNorm(toTensor(values, [rows, 7]), toTensor(weight!, [7]), 1e-5);
      return [...(await out.data())];
    };
    const alone: number[] = [];
    for (let r = 0; r < 5; r++) alone.push(...(await norms(x!.subarray(7 * r, 7 * r + 7), 1)));
    expect(await norms(x!, 5)).toEqual(alone);
  });
});
