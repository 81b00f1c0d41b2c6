import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tokenMix } from '../../src/kernels/token-mix/op.ts';
import { tokenMixGradReference, tokenMixReference } from '../../src/kernels/token-mix/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectEach } from './support.ts';

function tokenMixCase(...[batch, length, channels]: [number, number, number]): OperationCase {
  type Arrays = Record<'x' | 'mix', Float64Array>;
  return {
    name: `tokenMix B${batch} L${length} D${channels}`,
    shapes: { x: [batch, length, channels], mix: [channels] },
    run: ({ x, mix }) => tokenMix(x!, mix!),
    reference: (arrays) => tokenMixReference(arrays as Arrays, length),
    gradient: (arrays, dOut) => ({ ...tokenMixGradReference(arrays as Arrays, length, dOut) }),
  };
}

describeOperation('tokenMix', {
  cases: [
    tokenMixCase(1, 1, 1),
    tokenMixCase(2, 3, 5),
    tokenMixCase(1, 67, 7),
    tokenMixCase(3, 16, 64),
    tokenMixCase(5, 1, 3),
    tokenMixCase(1, 2, 65),
    tokenMixCase(2, 63, 1),
  ],
  refusals: [
    {
      what: 'a mixture of other channels',
      run: () => tokenMix(tf.zeros([1, 2, 3]), tf.zeros([2])),
      message: /tokenMix mix: expected shape \[3\], got \[2\]/,
    },
    {
      what: 'x of two axes',
      run: () => tokenMix(tf.zeros([2, 3]), tf.zeros([3])),
      message: /tokenMix x: expected shape \[· · ·\], got \[2 3\]/,
    },
  ],
});

describe('the float64 reference of tokenMix', () => {
  it('mixes with the token before, zero before the first of each prompt', () => {
    const [x, mix] = [Float64Array.of(8, 16, 32, 64), Float64Array.of(0.25)];
    expect([...tokenMixReference({ x, mix }, 4)]).toEqual([2, 10, 20, 40]);
    expect([...tokenMixReference({ x, mix }, 2)]).toEqual([2, 10, 8, 40]);
  });

  it('has gradients for both tokens and for the mixture', () => {
    const arrays = { x: Float64Array.of(8, 16), mix: Float64Array.of(0.25) };
    const { x, mix } = tokenMixGradReference(arrays, 2, Float64Array.of(1, 10));
    expect([...x]).toEqual([0.25 + 7.5, 2.5]);
    expect([...mix]).toEqual([8 + 80]);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);
  const shape = [2, 5, 3];
  const run = async (x: Float64Array, mix: readonly number[]) => {
    const out = tokenMix(toTensor(x, shape), tf.tensor1d([...mix]));
    return [...(await out.data())];
  };

  it('tokenMix of 1 is the identity', async () => {
    const { x } = drawArrays({ x: shape }, 2);
    const out = await run(x!, [1, 1, 1]);
    expectEach(out, x!, 1e-6);
  });

  it('tokenMix of 0 is the token before', async () => {
    const { x } = drawArrays({ x: shape }, 3);
    const out = await run(x!, [0, 0, 0]);
    expect(out).toEqual([...x!].map((_, i) => (i % 15 < 3 ? 0 : x![i - 3]!)));
  });

  it('tokenMix of more than 1 extrapolates', async () => {
    const x = Float64Array.from({ length: 30 }, (_, i) => Math.floor((i % 15) / 3));
    const out = await run(x, [2, 3, -1]);
    // Tokens 0, 1, 2, 3, 4 with a slope of one: t + (mix - 1), but for the first, 0.
    const golden = [...x].map((t, i) => (t === 0 ? 0 : t + [1, 2, -2][i % 3]!));
    expect(out).toEqual(golden);
  });
});
