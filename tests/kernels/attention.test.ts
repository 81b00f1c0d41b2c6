import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { causalAttention } from '../../src/kernels/attention/op.ts';
import {
  attentionGradReference,
  attentionReference,
} from '../../src/kernels/attention/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, drawn, toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach, runWithGradients } from './support.ts';

function attentionCase(
  [batch, length, width]: readonly [number, number, number],
  heads: number,
  scale = 2,
): OperationCase {
  const shape = { batch, length, width, heads };
  return {
    name: `causalAttention B${batch} L${length} D${width} heads ${heads}${scale === 2 ? '' : ` scale ${scale}`}`,
    shapes: { qkv: [batch, length, 3 * width] },
    prepare: ({ qkv }) => ({ qkv: qkv!.map((x) => Math.fround(scale * x)) }),
    run: ({ qkv }) => causalAttention(qkv!, heads),
    reference: ({ qkv }) => attentionReference(shape, qkv!),
    gradient: ({ qkv }, dOut) => ({ qkv: attentionGradReference(shape, qkv!, dOut) }),
  };
}

describeOperation('causalAttention', {
  cases: [
    attentionCase([1, 1, 1], 1),
    attentionCase([2, 37, 8], 2),
    attentionCase([2, 7, 6], 2),
    attentionCase([1, 65, 3], 1),
    attentionCase([1, 67, 4], 1),
    attentionCase([1, 35, 68], 1),
    attentionCase([2, 33, 20], 4),
    attentionCase([3, 2, 4], 4),
  ],
  refusals: [
    {
      what: 'a width that heads do not divide',
      run: () => causalAttention(tf.zeros([1, 2, 12]), 5),
      message: /causalAttention qkv: expected a last axis divisible by 3 × heads = 15, got 12/,
    },
    {
      what: 'a width that is not three parts',
      run: () => causalAttention(tf.zeros([1, 2, 4]), 1),
      message: /expected a last axis divisible by 3 × heads = 3, got 4/,
    },
    {
      what: 'tensors of two axes',
      run: () => causalAttention(tf.zeros([2, 12]), 1),
      message: /causalAttention qkv: expected shape \[· · ·\], got \[2 12\]/,
    },
  ],
});

/** Row t of prompt b as queries, keys and values. */
function packed(rows: readonly { q: number[]; k: number[]; v: number[] }[]): Float64Array {
  return Float64Array.from(rows.flatMap(({ q, k, v }) => [...q, ...k, ...v]));
}

describe('the float64 reference of causalAttention', () => {
  it('mixes values by the softmax of scaled products', () => {
    const log3 = Math.log(3);
    const qkv = packed([
      { q: [5], k: [0], v: [1] },
      { q: [1], k: [log3], v: [5] },
    ]);
    // The second query weighs its own key three times the first one.
    const shape = { batch: 1, length: 2, width: 1, heads: 1 };
    expectEach(attentionReference(shape, qkv), [1, (1 + 3 * 5) / 4], 1e-12);
  });

  it('divides by the root of a head’s width, not of all heads', () => {
    const qkv = packed([
      { q: [0, 0, 0, 0], k: [0, 0, 0, 0], v: [0, 0, 0, 0] },
      { q: [1, 1, 1, 1], k: [1, 1, 2, 2], v: [1, 1, 1, 1] },
    ]);
    const out = attentionReference({ batch: 1, length: 2, width: 4, heads: 2 }, qkv).slice(4);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const [first, second] = [sigmoid(2 / Math.SQRT2), sigmoid(4 / Math.SQRT2)];
    expectEach(out, [first, first, second, second], 1e-12);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);
  const heads = 2;
  const [batch, length, width] = [1, 9, 4];
  const attend = async (qkv: Float64Array, at = [batch, length, 3 * width]) => {
    const out = causalAttention(toTensor(qkv, at), heads);
    return [...(await out.data())];
  };

  it('causalAttention does not see what comes later', async () => {
    const { qkv } = drawArrays({ qkv: [batch, length, 3 * width] }, 3);
    const whole = await attend(qkv!);
    const changed = qkv!.map((x, i) => (i >= 5 * 3 * width ? 9 : x));
    const other = await attend(changed);
    expect(other.slice(0, 5 * width)).toEqual(whole.slice(0, 5 * width));
    expect(other.slice(5 * width)).not.toEqual(whole.slice(5 * width));
  });

  it('causalAttention of a first token is its value', async () => {
    const { qkv } = drawArrays({ qkv: [batch, length, 3 * width] }, 4);
    const out = await attend(qkv!);
    expectEach(out.slice(0, width), qkv!.slice(2 * width, 3 * width), 1e-6);
  });

  it('causalAttention of equal keys is the mean of the values so far', async () => {
    const { qkv } = drawArrays({ qkv: [batch, length, 3 * width] }, 5);
    const even = qkv!.map((x, i) => {
      const part = Math.floor((i % (3 * width)) / width);
      return part === 1 ? 0.5 : x;
    });
    const out = await attend(even);
    const value = (t: number, c: number) => even[t * 3 * width + 2 * width + c]!;
    const golden = out.map((_, i) => {
      const [t, c] = [Math.floor(i / width), i % width];
      return (
        Array.from({ length: t + 1 }, (__, s) => value(s, c)).reduce((a, b) => a + b) / (t + 1)
      );
    });
    expectClose({ out }, { out: golden }, 1e-5);
  });

  it('causalAttention does not overflow where scores are large', async () => {
    const { qkv } = drawArrays({ qkv: [batch, length, 3 * width] }, 6);
    const large = qkv!.map((x) => Math.fround(60 * x));
    const golden = attentionReference({ batch, length, width, heads }, large);
    expectClose({ out: await attend(large) }, { out: golden }, 1e-3);
  });

  it('causalAttention treats prompts and heads apart', async () => {
    const one = attentionCase([3, 5, 6], 3);
    const { arrays, dOut } = drawn(one, 8);
    const { out } = await runWithGradients(one, arrays, dOut);
    for (let b = 0; b < 3; b++) {
      const alone = arrays.qkv!.slice(b * 90, (b + 1) * 90);
      const tensor = causalAttention(toTensor(alone, [1, 5, 18]), 3);
      expectClose({ b: [...(await tensor.data())] }, { b: out.slice(b * 30, (b + 1) * 30) }, 1e-6);
    }
  });
});
