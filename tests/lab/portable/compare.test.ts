import { expect, test } from 'vitest';
import { compare } from '../../../src/lab/portable/compare.ts';

const files = (value: unknown, weights = 'abc') => ({
  'data.json': new TextEncoder().encode(JSON.stringify(value)),
  'weights.bin': new TextEncoder().encode(weights),
});
const THERE = { name: 'a', mean: [2, 0.5, 0.01], nested: { k: [1, 2], low: null } };
const judged = (here: object, weights?: string) =>
  compare(files({ ...THERE, ...here }, weights), files(THERE), 1e-3);

test('equal numbers and bytes are the same, in whatever order they are written', () => {
  expect(judged({})).toEqual({ kind: 'same' });
  const { mean, ...rest } = THERE;
  expect(compare(files({ mean, more: 1, ...rest }), files(THERE), 0)).toEqual({ kind: 'same' });
});

test('numbers are held against the largest of their list, and the worst is named', () => {
  const near = judged({ mean: [2, 0.5, 0.0115] });
  expect(near).toMatchObject({
    kind: 'within',
    numbers: 5,
    worst: { at: 'mean[2]', here: 0.0115 },
  });
  expect(near.kind === 'within' && near.worst.relativeError).toBeCloseTo(0.00075, 8);
  expect(judged({ mean: [2.003, 0.5, 0.0115] })).toMatchObject({
    kind: 'differs',
    worst: { at: 'mean[0]' },
  });
});

test('other bytes of what is no JSON are never the same', () => {
  expect(judged({}, 'abd')).toMatchObject({ kind: 'within', worst: { relativeError: 0 } });
  const here = { 'weights.bin': Uint8Array.of(1) };
  expect(compare(here, { 'weights.bin': Uint8Array.of(2) }, 1).kind).toBe('differs');
});

test.each([
  ['no number', { mean: [2, 0.5, null] }],
  ['a shorter list', { mean: [2, 0.5] }],
  ['a longer list', { mean: [2, 0.5, 0.01, 0] }],
  ['another word', { name: 'b' }],
  ['a number in place of nothing', { nested: { k: [1, 2], low: 0 } }],
])('%s differs whatever is allowed', (_, here) => {
  expect(compare(files({ ...THERE, ...here }), files(THERE), 1e9).kind).toBe('differs');
});

test('an output that is not there differs', () => {
  expect(compare({}, files(THERE), 1e9).kind).toBe('differs');
});
