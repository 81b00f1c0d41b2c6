import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { embedding } from '../../src/kernels/embedding/op.ts';
import {
  embeddingGradReference,
  embeddingReference,
} from '../../src/kernels/embedding/reference.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, sizeOf } from './support.ts';

const idsOf = (shape: readonly number[], rows: number, seed = 1): number[] => {
  const random = RandomStream.fromSeed(seed);
  return Array.from({ length: sizeOf(shape) }, () => Math.floor(random.uniform(0, rows)));
};

const idTensor = (ids: readonly number[], shape: readonly number[] = [ids.length]): tf.Tensor =>
  tf.tensor([...ids], [...shape], 'int32');

function embeddingCase(
  shape: readonly number[],
  [rows, size]: readonly [number, number],
  ids = idsOf(shape, rows),
): OperationCase {
  return {
    name: `embedding of [${shape.join(' ')}] in ${rows} rows of ${size}`,
    shapes: { weight: [rows, size] },
    run: ({ weight }) => embedding(idTensor(ids, shape), weight!),
    reference: ({ weight }) => embeddingReference(ids, weight!, size),
    gradient: (_, dOut) => ({ weight: embeddingGradReference(ids, rows, dOut) }),
  };
}

describeOperation('embedding', {
  cases: [
    embeddingCase([1], [1, 1]),
    embeddingCase([2, 5], [7, 3]),
    embeddingCase([67], [5, 65]),
    embeddingCase([3, 2, 2], [64, 4]),
    embeddingCase([9], [3, 131], [2, 2, 2, 0, 2, 0, 2, 2, 2]),
    embeddingCase([4], [257, 8], [256, 0, 128, 256]),
  ],
  refusals: [
    {
      what: 'ids that are floats',
      run: () => embedding(tf.zeros([2]), tf.zeros([3, 4])),
      message: /embedding ids: expected int32, got float32; cast it first/,
    },
    {
      what: 'a table of three axes',
      run: () => embedding(idTensor([0]), tf.zeros([3, 4, 1])),
      message: /embedding weight: expected shape \[· ·\], got \[3 4 1\]/,
    },
  ],
});

describe('the float64 reference of embedding', () => {
  it('takes rows, and gives each row all of its gradients', () => {
    const weight = Float64Array.of(1, 2, 10, 20, 100, 200);
    const ids = [2, 0, 2];
    expect([...embeddingReference(ids, weight, 2)]).toEqual([100, 200, 1, 2, 100, 200]);
    const dOut = Float64Array.of(1, 2, 3, 4, 5, 6);
    expect([...embeddingGradReference(ids, 3, dOut)]).toEqual([3, 4, 0, 0, 6, 8]);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it('embedding copies rows to the bit', async () => {
    const { weight } = drawArrays({ weight: [11, 67] }, 3);
    const ids = idsOf([29], 11, 4);
    const out = embedding(idTensor(ids), toTensor(weight!, [11, 67]));
    expect(out.shape).toEqual([29, 67]);
    expect([...(await out.data())]).toEqual([...embeddingReference(ids, weight!, 67)]);
  });

  it.runIf(backend !== 'webgpu').each([-1, 3, 100_000])('embedding refuses the id %i', (id) => {
    expect(() => embedding(idTensor([0, id, 2]), tf.zeros([3, 2]))).toThrow(
      `embedding ids: expected ids from 0 to 2, got ${id}; check the tokenizer`,
    );
  });

  it.runIf(backend === 'webgpu').each([-1, 3, 100_000])(
    'embedding of the id %i is NaN',
    async (id) => {
      const weight = tf.ones<tf.Rank.R2>([3, 2]);
      const f = (at: tf.Tensor): tf.Tensor => embedding(idTensor([0, id, 2]), at);
      expect([...(await f(weight).data())]).toEqual([1, 1, NaN, NaN, 1, 1]);
      const gradient = await tf
        .grad((at) => tf.sum(f(at)))(weight)
        .data();
      expect([...gradient]).toEqual([1, 1, 0, 0, 1, 1]);
    },
  );

  it.runIf(backend !== 'cpu')(
    'embedding adds gradients up in the order of the tokens',
    async () => {
      // In float32, 1e8 + 1 - 1e8 is 0 and 1e8 - 1e8 + 1 is 1: the order shows.
      const weight = tf.zeros<tf.Rank.R2>([2, 1]);
      const order = async (dOut: number[]) => {
        const f = (at: tf.Tensor) =>
          tf.sum(tf.mul(embedding(idTensor([1, 1, 1]), at), tf.tensor2d(dOut, [3, 1])));
        return [...(await tf.grad(f)(weight).data())];
      };
      expect(await order([1e8, 1, -1e8])).toEqual([0, 0]);
      expect(await order([1e8, -1e8, 1])).toEqual([0, 1]);
    },
  );

  it('embedding leaves a gradient behind that ends with its table', async () => {
    const weight = tf.variable(tf.ones<tf.Rank.R2>([4, 3]));
    const { value, grads } = tf.variableGrads(() =>
      tf.sum<tf.Scalar>(tf.square(embedding(idTensor([1, 3, 1]), weight))),
    );
    expect((await value.data())[0]).toBe(9);
    const row = (n: number) => [n, n, n];
    const gradient = await Object.values(grads)[0]!.data();
    expect([...gradient]).toEqual([...row(0), ...row(4), ...row(0), ...row(2)]);
    tf.dispose([weight, value, grads]);
  });
});
