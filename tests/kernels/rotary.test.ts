import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { rotary, rotaryTable } from '../../src/kernels/rotary/op.ts';
import type { RotaryStyle } from '../../src/kernels/rotary/op.ts';
import {
  rotaryAngle,
  rotaryGradReference,
  rotaryReference,
} from '../../src/kernels/rotary/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

const BASE = 10_000;
const range = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);

interface Given {
  shape: readonly [batch: number, length: number, width: number];
  heads: number;
  rotated: number;
  style: RotaryStyle;
  positions?: number[][];
}

function rotaryCase({ shape, heads, rotated, style, positions }: Given): OperationCase {
  const [batch, length, width] = shape;
  const lists = positions ?? [range(length)];
  const turns = rotated / 2;
  const full = { batch, length, width, heads, turns, paired: style === 'pairs' };
  const angles = (b: number, t: number, i: number) =>
    rotaryAngle((lists[b] ?? lists[0]!)[t]!, i, turns, BASE);
  return {
    name: `rotary B${batch} L${length} D${width} heads ${heads} ${rotated} ${style} ${positions ? 'own positions' : ''}`,
    shapes: { x: shape },
    run: ({ x }) => rotary(x!, rotaryTable(lists, rotated, BASE), heads, style),
    reference: ({ x }) => rotaryReference(x!, full, angles),
    gradient: (_, dOut) => ({ x: rotaryGradReference(dOut, full, angles) }),
  };
}

const table = (length: number, rotated = 2): tf.Tensor =>
  rotaryTable([range(length)], rotated, BASE);

describeOperation('rotary', {
  cases: [
    rotaryCase({ shape: [1, 1, 2], heads: 1, rotated: 2, style: 'halves' }),
    rotaryCase({ shape: [2, 5, 16], heads: 2, rotated: 4, style: 'halves' }),
    rotaryCase({ shape: [2, 5, 16], heads: 2, rotated: 4, style: 'pairs' }),
    rotaryCase({ shape: [1, 67, 12], heads: 3, rotated: 4, style: 'pairs' }),
    rotaryCase({ shape: [3, 3, 14], heads: 2, rotated: 6, style: 'halves' }),
    rotaryCase({ shape: [1, 2, 65], heads: 5, rotated: 12, style: 'halves' }),
    rotaryCase({
      shape: [2, 3, 8],
      heads: 1,
      rotated: 8,
      style: 'halves',
      positions: [
        [0, 0, 1],
        [7, 8, 9],
      ],
    }),
  ],
  refusals: [
    {
      what: 'heads narrower than what turns',
      run: () => rotary(tf.zeros([1, 3, 8]), table(3, 6), 2, 'halves'),
      message: /rotary x: expected 2 heads of at least 6 components, got 8 in all/,
    },
    {
      what: 'heads that do not divide the width',
      run: () => rotary(tf.zeros([1, 3, 8]), table(3), 3, 'halves'),
      message: /rotary x: expected 3 heads of at least 2 components, got 8 in all/,
    },
    {
      what: 'a table of other tokens',
      run: () => rotary(tf.zeros([1, 3, 8]), table(4), 2, 'halves'),
      message: /rotary table: expected shape \[1 3 · 2\], got \[1 4 1 2\]/,
    },
    {
      what: 'a table of other prompts',
      run: () => rotary(tf.zeros([3, 1, 8]), rotaryTable([[0], [1]], 2, BASE), 2, 'halves'),
      message: /rotary table: expected shape \[3 1 · 2\], got \[2 1 1 2\]/,
    },
    {
      what: 'an odd number of components',
      run: () => rotaryTable([[0]], 3, BASE),
      message: /rotaryTable: expected an even number of components .*, got 3 and 1; pad them/,
    },
    {
      what: 'positions of different lengths',
      run: () => rotaryTable([[0], [0, 1]], 2, BASE),
      message: /rotaryTable: expected .* positions of one length, got 2 and 1, 2; pad them/,
    },
  ],
});

describe('the float64 reference of rotary', () => {
  const quarter = (): number => Math.PI / 2;
  const one = { batch: 1, length: 1, width: 6, heads: 1, turns: 2 };
  const x = Float64Array.of(1, 2, 3, 4, 5, 6);

  it('turns halves as LLaMA does, pairs as GPT-J does, and leaves the rest', () => {
    const halves = rotaryReference(x, { ...one, paired: false }, quarter);
    expectEach(halves, [-3, -4, 1, 2, 5, 6], 1e-12);
    const pairs = rotaryReference(x, { ...one, paired: true }, quarter);
    expectEach(pairs, [-2, 1, -4, 3, 5, 6], 1e-12);
  });

  it('turns the first pair by the position, others more and more slowly', () => {
    expect(rotaryAngle(3, 0, 4, BASE)).toBe(3);
    expectEach([rotaryAngle(3, 2, 4, BASE), rotaryAngle(1, 3, 4, BASE)], [0.03, 1e-3], 1e-12);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);
  const [length, width] = [6, 8];
  const turn = async (x: Float64Array, positions: number[], style: RotaryStyle = 'halves') => {
    const at = [1, positions.length, width];
    const out = rotary(toTensor(x, at), rotaryTable([positions], width, BASE), 1, style);
    return [...(await out.data())];
  };
  const row = (values: readonly number[], t: number) => values.slice(t * width, (t + 1) * width);
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);

  it.each(['halves', 'pairs'] as const)(
    'rotary %s keeps lengths, and products depend on distances only',
    async (style) => {
      const { q, k } = drawArrays({ q: [width], k: [width] }, 3);
      const repeat = (values: Float64Array) =>
        Float64Array.from({ length: length * width }, (_, i) => values[i % width]!);
      const [qs, ks] = [
        await turn(repeat(q!), range(length), style),
        await turn(repeat(k!), range(length), style),
      ];
      for (let t = 1; t < length; t++) {
        expect(dot(row(qs, t), row(qs, t))).toBeCloseTo(dot([...q!], [...q!]), 5);
        const near = dot(row(qs, t), row(ks, t - 1));
        expect(near).toBeCloseTo(dot(row(qs, 1), row(ks, 0)), 5);
      }
    },
  );

  it('rotary at position 0 is the identity, to the bit', async () => {
    const { x } = drawArrays({ x: [width] }, 4);
    expect(await turn(x!, [0])).toEqual([...x!]);
  });

  it.each([100, 2047, 100_000])(
    'rotary at position %i turns by the angle in float64',
    async (at) => {
      const { x } = drawArrays({ x: [width] }, 5);
      const shape = { batch: 1, length: 1, width, heads: 1, turns: width / 2, paired: false };
      const golden = rotaryReference(x!, shape, (_, __, i) => rotaryAngle(at, i, width / 2, BASE));
      expectClose({ out: await turn(x!, [at]) }, { out: golden }, 1e-6);
    },
  );

  it('rotary of a part of a sequence is the part of the whole, for decoding', async () => {
    const { x } = drawArrays({ x: [length * width] }, 6);
    const whole = await turn(x!, range(length));
    const last = await turn(x!.slice(-width), [length - 1]);
    expectEach(last, row(whole, length - 1), 1e-6, 1e-3);
  });
});
