import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { longConv } from '../../src/kernels/long-conv/op.ts';
import { longConvGradReference, longConvReference } from '../../src/kernels/long-conv/reference.ts';
import type { LongConvArrays } from '../../src/kernels/long-conv/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

function longConvCase(...[batch, length, channels]: [number, number, number]): OperationCase {
  return {
    name: `longConv B${batch} L${length} H${channels}`,
    shapes: { u: [batch, length, channels], K: [length, channels], D: [channels] },
    run: ({ u, K, D }) => longConv(u!, K!, D!),
    reference: (arrays) => longConvReference(arrays as unknown as LongConvArrays),
    gradient: (arrays, dOut) => ({
      ...longConvGradReference(arrays as unknown as LongConvArrays, dOut),
    }),
  };
}

describeOperation('longConv', {
  cases: [
    longConvCase(1, 1, 1),
    longConvCase(2, 5, 3),
    longConvCase(2, 4, 5),
    longConvCase(1, 67, 9),
    longConvCase(3, 22, 24),
    longConvCase(1, 2, 17),
    longConvCase(2, 31, 4),
  ],
  refusals: [
    {
      what: 'a kernel of another length',
      run: () => longConv(tf.zeros([1, 4, 2]), tf.zeros([3, 2]), tf.zeros([2])),
      message: /longConv K: expected shape \[4 2\], got \[3 2\]/,
    },
    {
      what: 'a skip connection of other channels',
      run: () => longConv(tf.zeros([1, 4, 2]), tf.zeros([4, 2]), tf.zeros([4])),
      message: /longConv D: expected shape \[2\], got \[4\]/,
    },
    {
      what: 'u of two axes',
      run: () => longConv(tf.zeros([4, 2]), tf.zeros([4, 2]), tf.zeros([2])),
      message: /longConv u: expected shape \[· · ·\], got \[4 2\]/,
    },
  ],
});

describe('the float64 reference of longConv', () => {
  it('is a causal sum over lags with a skip', () => {
    const [u, K] = [Float64Array.of(1, 2, 3), Float64Array.of(1, 10, 100)];
    const out = longConvReference({ u, K, D: Float64Array.of(1000) });
    expect([...out]).toEqual([1001, 10 + 2 + 2000, 100 + 20 + 3 + 3000]);
  });

  it('is the product of polynomials, cut after their length', () => {
    const { u, K } = drawArrays({ u: [7], K: [7] }, 3) as Record<'u' | 'K', Float64Array>;
    const D = Float64Array.of(0);
    expectEach(longConvReference({ u, K, D }), longConvReference({ u: K, K: u, D }), 1e-12, 1e-3);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);
  const [length, channels] = [11, 5];
  const convolve = async ({ u, K, D }: LongConvArrays, batch = 1) => {
    const at = [batch, length, channels];
    const out = longConv(toTensor(u, at), toTensor(K, [length, channels]), toTensor(D, [channels]));
    return [...(await out.data())];
  };
  const draw = (batch = 1): LongConvArrays =>
    drawArrays(
      { u: [batch, length, channels], K: [length, channels], D: [channels] },
      5,
    ) as unknown as LongConvArrays;

  it('longConv answers an impulse with its kernel', async () => {
    const { K } = draw();
    const u = Float64Array.from({ length: length * channels }, (_, i) => (i < channels ? 1 : 0));
    const out = await convolve({ u, K, D: new Float64Array(channels) });
    expect(out).toEqual([...K]);
  });

  it('longConv with a kernel of zeros is its skip', async () => {
    const { u, D } = draw();
    const out = await convolve({ u, K: new Float64Array(length * channels), D });
    const golden = [...u].map((x, i) => x * D[i % channels]!);
    expectClose({ out }, { out: golden }, 1e-6);
  });

  it('longConv does not see what comes later, nor other channels', async () => {
    const arrays = draw();
    const before = await convolve(arrays);
    const at = 6 * channels + 2;
    const after = await convolve({ ...arrays, u: arrays.u.with(at, 7) });
    const changed = before.map((value, i) => value !== after[i]);
    expect(changed).toEqual(before.map((_, i) => i >= at && i % channels === 2));
  });

  it('longConv treats prompts alike', async () => {
    const arrays = draw();
    const twice = { ...arrays, u: Float64Array.of(...arrays.u, ...arrays.u) };
    const once = await convolve(arrays);
    expect(await convolve(twice, 2)).toEqual([...once, ...once]);
  });
});
