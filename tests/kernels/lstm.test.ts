import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { lstm } from '../../src/kernels/lstm/op.ts';
import type { LstmInputs } from '../../src/kernels/lstm/op.ts';
import { lstmGradReference, lstmReference } from '../../src/kernels/lstm/reference.ts';
import type { LstmArrays } from '../../src/kernels/lstm/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

/** @param scale of what enters the gates: 30 saturates them */
function lstmCase(batch: number, length: number, hidden: number, scale = 2): OperationCase {
  const shape = { batch, length, hidden };
  const from = (arrays: object): LstmArrays => arrays as LstmArrays;
  return {
    name: `lstm B${batch} L${length} H${hidden} scale ${scale}`,
    shapes: { x: [batch, length, 4 * hidden], weight: [4 * hidden, hidden] },
    prepare: ({ x, weight }) => ({
      x: x!.map((value) => Math.fround(scale * value)),
      weight: weight!,
    }),
    run: (tensors) => lstm(tensors as LstmInputs),
    reference: (arrays) => lstmReference(from(arrays), shape),
    gradient: (arrays, dOut) => ({ ...lstmGradReference(from(arrays), shape, dOut) }),
  };
}

describeOperation('lstm', {
  cases: [
    lstmCase(1, 1, 1),
    lstmCase(2, 5, 3),
    lstmCase(3, 7, 4, 30),
    lstmCase(5, 17, 6),
    lstmCase(2, 33, 65),
    lstmCase(4, 2, 5),
    lstmCase(1, 3, 8),
  ],
  refusals: [
    {
      what: 'a weight that is not four gates of its width',
      run: () => lstm({ x: tf.zeros([1, 2, 12]), weight: tf.zeros([12, 4]) }),
      message: /lstm weight: expected shape \[16 ·\], got \[12 4\]/,
    },
    {
      what: 'x of other gates',
      run: () => lstm({ x: tf.zeros([1, 2, 8]), weight: tf.zeros([12, 3]) }),
      message: /lstm x: expected shape \[· · 12\], got \[1 2 8\]/,
    },
    {
      what: 'x of two axes',
      run: () => lstm({ x: tf.zeros([2, 12]), weight: tf.zeros([12, 3]) }),
      message: /lstm x: expected shape \[· · 12\], got \[2 12\]/,
    },
  ],
});

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('the float64 reference of lstm', () => {
  it('opens input, forget and output gates in PyTorch’s order', () => {
    const [i, f, g, o] = [0.3, -0.7, 1.1, 0.2];
    const shape = { batch: 1, length: 2, hidden: 1 };
    const x = Float64Array.of(i, f, g, o, i, f, g, o);
    const c1 = sigmoid(i) * Math.tanh(g);
    const c2 = sigmoid(f) * c1 + sigmoid(i) * Math.tanh(g);
    const golden = [sigmoid(o) * Math.tanh(c1), sigmoid(o) * Math.tanh(c2)];
    expectEach(lstmReference({ x, weight: new Float64Array(4) }, shape), golden, 1e-12);
  });

  it('feeds the hidden state, not the cell, to the next token', () => {
    const shape = { batch: 1, length: 2, hidden: 1 };
    const x = Float64Array.of(9, -9, 9, 0, -50, -50, 0, 50);
    const weight = Float64Array.of(100, 0, 100, 0);
    const h1 = sigmoid(0) * Math.tanh(sigmoid(9) * Math.tanh(9));
    const c2 = sigmoid(-50 + 100 * h1) * Math.tanh(100 * h1);
    const out = lstmReference({ x, weight }, shape);
    expect(out[1]).toBeCloseTo(Math.tanh(c2), 8);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);
  const shape = { batch: 2, length: 4, hidden: 3 };
  const run = async (x: Float64Array, weight: Float64Array) => {
    const out = lstm({ x: toTensor(x, [2, 4, 12]), weight: toTensor(weight, [12, 3]) });
    return [...(await out.data())];
  };

  it.each([50, 100, 1e4])('lstm with gates of ±%f is open or shut, and finite', async (far) => {
    const gates = [far, -far, far, far];
    const x = Float64Array.from({ length: 96 }, (_, i) => gates[Math.floor((i % 12) / 3)]!);
    const out = await run(x, new Float64Array(36));
    // Each cell takes 1 and forgets: tanh(1) shows.
    expectClose({ out }, { out: out.map(() => Math.tanh(1)) }, 1e-6);
  });

  it('lstm does not see what comes later, nor other prompts', async () => {
    const { x, weight } = drawArrays({ x: [96], weight: [36] }, 3) as Record<string, Float64Array>;
    const before = await run(x!, weight!);
    const after = await run(x!.with(48 + 2 * 12 + 1, 5), weight!);
    expect(after.slice(0, 12 + 6)).toEqual(before.slice(0, 12 + 6));
    expect(after.slice(12 + 6)).not.toEqual(before.slice(12 + 6));
  });

  it('lstm with an output gate shut shows nothing, and has no gradient but of that gate', async () => {
    const { x, weight } = drawArrays({ x: [96], weight: [36] }, 4) as Record<string, Float64Array>;
    const shut = x!.map((value, i) => (i % 12 >= 9 ? -200 : value));
    expectEach(await run(shut, weight!), new Float64Array(24), 1e-6, 1);
    const gradient = tf.grad((at) => tf.sum(lstm({ x: at, weight: toTensor(weight!, [12, 3]) })));
    const dx = await gradient(toTensor(shut, [2, 4, 12])).data();
    expectEach(dx, new Float64Array(96), 1e-6, 1);
  });

  it('lstm agrees with its reference within the rounding of 1 where tanh is nearly linear', async () => {
    const { x, weight } = drawArrays({ x: [96], weight: [36] }, 5) as Record<string, Float64Array>;
    const small = x!.map((value) => Math.fround(1e-4 * value));
    const golden = lstmReference({ x: small, weight: weight! }, shape);
    expectEach(await run(small, weight!), golden, 2e-7, 1);
  });
});
