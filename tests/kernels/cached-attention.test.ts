import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { cachedAttention } from '../../src/kernels/cached-attention/op.ts';
import { cachedAttentionReference } from '../../src/kernels/cached-attention/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import { toTensor } from './ritual.ts';
import { drawArrays, expectClose } from './support.ts';

type Named = Record<'q' | 'k' | 'v', Float64Array>;

/** Few queries are taken one by one, more in blocks of 32; heads in vectors of four, with what is left over. */
const CASES = [
  { batch: 1, length: 1, tokens: 1, heads: 1, groups: 1, head: 1, first: [0] },
  { batch: 2, length: 1, tokens: 37, heads: 4, groups: 2, head: 6, first: [0, 11] },
  { batch: 3, length: 9, tokens: 9, heads: 6, groups: 2, head: 8, first: [0, 4, 8] },
  { batch: 2, length: 70, tokens: 101, heads: 2, groups: 1, head: 5, first: [3, 40] },
  { batch: 2, length: 3, tokens: 12, heads: 2, groups: 2, head: 4, first: [9, 10] },
];

describe.each(BACKENDS)('attention to remembered tokens on %s', (backend) => {
  openForSuite(backend);

  it.each(CASES)(
    'B $batch, $length of $tokens tokens, $heads heads, $groups groups',
    async (one) => {
      const { batch, length, tokens, heads, groups, head, first } = one;
      const shapes = {
        q: [batch, length, heads * head],
        k: [batch, tokens, groups * head],
        v: [batch, tokens, groups * head],
      };
      const drawn = drawArrays(shapes, 5) as Named;
      const golden = cachedAttentionReference(drawn.q, drawn.k, drawn.v, one);
      const [q, k, v] = [
        toTensor(drawn.q, shapes.q),
        toTensor(drawn.k, shapes.k),
        toTensor(drawn.v, shapes.v),
      ];
      const begin = tf.tensor(first, [batch], 'int32');
      const out = tf.tidy(() => cachedAttention(q, k, v, begin, { heads, groups }));
      const values = (await out.data()) as Float32Array;
      const row = heads * head;
      const counts = [...values].map((_, i) => {
        const [b, t] = [Math.floor(i / row / length), Math.floor(i / row) % length];
        return tokens - length + t >= first[b]!;
      });
      const own = (all: ArrayLike<number>): number[] => Array.from(all).filter((_, i) => counts[i]);
      expectClose({ out: own(values) }, { out: own(golden) }, 1e-5);
      expect([...values].every(Number.isFinite)).toBe(true);
      tf.dispose([q, k, v, begin, out]);
    },
  );

  it('refuses shapes that do not fit', () => {
    const first = tf.tensor([0], [1], 'int32');
    const heads = { heads: 2, groups: 1 };
    expect(() =>
      cachedAttention(tf.zeros([1, 2, 4]), tf.zeros([1, 2, 4]), tf.zeros([1, 2, 4]), first, heads),
    ).toThrow(/cachedAttention k: expected shape \[1 · 2\]/);
    expect(() =>
      cachedAttention(tf.zeros([1, 3, 4]), tf.zeros([1, 2, 2]), tf.zeros([1, 2, 2]), first, heads),
    ).toThrow(/expected at least 3 tokens, got 2/);
    expect(() =>
      cachedAttention(tf.zeros([1, 1, 5]), tf.zeros([1, 2, 2]), tf.zeros([1, 2, 2]), first, heads),
    ).toThrow(/expected 2 heads of one width/);
  });
});
