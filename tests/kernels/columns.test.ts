import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { splitColumns } from '../../src/kernels/columns/op.ts';
import {
  splitColumnsGradReference,
  splitColumnsReference,
} from '../../src/kernels/columns/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, sizeOf } from './support.ts';

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

/** The parts one after the other, each multiplied by its number, so that a swap shows. */
function splitCase(lead: readonly number[], sizes: readonly number[]): OperationCase {
  const cut = (values: Float64Array): Float64Array[] => {
    const ends = sizes.map((_, i) => sizeOf(lead) * total(sizes.slice(0, i + 1)));
    return sizes.map((size, i) => values.subarray(ends[i]! - sizeOf(lead) * size, ends[i]));
  };
  return {
    name: `splitColumns [${lead.join(' ')}] ${sizes.join(' + ')}`,
    shapes: { x: [...lead, total(sizes)] },
    run: ({ x }) =>
      tf.concat(
        splitColumns(x!, sizes).map((part, i) => tf.mul(tf.reshape(part, [-1]), i + 1)),
        0,
      ),
    reference: ({ x }) =>
      Float64Array.from(
        splitColumnsReference(x!, sizes).flatMap((part, i) => [...part].map((y) => (i + 1) * y)),
      ),
    gradient: (_, dOut) => ({
      x: splitColumnsGradReference(
        cut(dOut).map((part, i) => part.map((g) => (i + 1) * g)),
        sizes,
      ),
    }),
    // What one part loses is no other's loss: the product with zero, elsewhere, is not taken.
    poisons: [NaN, Infinity, -Infinity],
  };
}

describeOperation('splitColumns', {
  cases: [
    splitCase([1], [1]),
    splitCase([2, 3], [1, 5, 7]),
    splitCase([65], [64, 1, 3]),
    splitCase([2, 35], [8, 4, 12]),
    splitCase([7], [2, 2]),
    splitCase([1], [63, 65]),
    splitCase([3], [1, 1, 1, 1, 1, 1]),
  ],
  refusals: [
    {
      what: 'sizes that do not add up',
      run: () => splitColumns(tf.zeros([2, 5]), [2, 2]),
      message: /splitColumns sizes: expected a sum of 5, got 2 \+ 2 = 4/,
    },
  ],
});

describe('the float64 reference of splitColumns', () => {
  const x = Float64Array.of(1, 2, 3, 4, 5, 6);

  it('cuts each row', () => {
    const parts = splitColumnsReference(x, [1, 2]);
    expect(parts.map((part) => [...part])).toEqual([
      [1, 4],
      [2, 3, 5, 6],
    ]);
  });

  it.each([[[1, 2]], [[2, 1]], [[3]], [[1, 1, 1]]])(
    'joins parts of %j to what they were',
    (sizes) => {
      expect([...splitColumnsGradReference(splitColumnsReference(x, sizes), sizes)]).toEqual([
        ...x,
      ]);
    },
  );
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it.each([
    { lead: [1], sizes: [1] },
    { lead: [2, 3], sizes: [1, 5, 7] },
    { lead: [65], sizes: [64, 1, 3] },
    { lead: [2, 35], sizes: [8, 4, 12] },
  ])('splitColumns $sizes of $lead, and back', async ({ lead, sizes }) => {
    const n = total(sizes);
    const rows = sizeOf(lead);
    const { x, dOut } = drawArrays({ x: [rows, n], dOut: [rows, n] }, 5);
    const xs = toTensor(x!, [...lead, n]);
    const weights = tf.split(toTensor(dOut!, [...lead, n]), sizes, lead.length);
    const parts = splitColumns(xs, sizes);
    expect(parts.map((part) => part.shape)).toEqual(sizes.map((size) => [...lead, size]));
    const joined = await tf.concat(parts, lead.length).data();
    expect([...joined]).toEqual([...x!]);
    const gradient = tf.grad((value) =>
      tf.addN(splitColumns(value, sizes).map((part, i) => tf.sum(tf.mul(part, weights[i]!)))),
    )(xs);
    expect([...(await gradient.data())]).toEqual([...dOut!]);
  });

  it('splitColumns leaves the gradient of a part that nobody uses at zero', async () => {
    const x = tf.ones<tf.Rank.R2>([3, 6]);
    const second = (value: Tensor): Tensor => tf.sum(splitColumns(value, [1, 2, 3])[1]!);
    const gradient = tf.grad(second)(x);
    const row = [0, 1, 1, 0, 0, 0];
    expect([...(await gradient.data())]).toEqual([...row, ...row, ...row]);
    tf.dispose([x, gradient]);
  });

  it('splitColumns gives parts of their own: one can go and the others stay', async () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const [left, right] = splitColumns(x, [1, 2]) as [Tensor, Tensor];
    x.dispose();
    left.dispose();
    expect([...(await right.data())]).toEqual([2, 3, 5, 6]);
    right.dispose();
  });
});
