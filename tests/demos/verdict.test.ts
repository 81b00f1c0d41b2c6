import { expect, test } from 'vitest';
import type { LiveCurve } from '../../src/demos/protocol.ts';
import { TOLERANCE, judge, verdictText } from '../../src/demos/verdict.ts';

const k = [0, 1, 2];
const curve = (mean: number[], prompts = 64): LiveCurve => ({
  evaluation: 'training',
  prompts,
  k,
  mean,
});
const published = [curve([1, 0.5, 0.1])];

test('a run within tolerance matches, one point outside does not', () => {
  const near = [1, 0.5, 0.1].map((value) => value * (1 + TOLERANCE.relative));
  expect(judge({ curves: [curve(near)], published }).matches).toBe(true);
  const far = judge({ curves: [curve([1, 0.5, 0.102])], published });
  expect(far.matches).toBe(false);
  expect(far.worst).toMatchObject({ k: 2, evaluation: 'training', ours: 0.102 });
  expect(verdictText(far, 64)).toMatch(/^A different result.*k = 2/);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s never matches', (value) => {
  expect(judge({ curves: [curve([1, 0.5, value])], published }).matches).toBe(false);
});

test('a curve that is too short does not match', () => {
  expect(judge({ curves: [curve([1, 0.5])], published }).matches).toBe(false);
});

test('other prompts are not compared', () => {
  expect(() => judge({ curves: [curve([1, 0.5, 0.1], 128)], published })).toThrow(
    /128 prompts, got one over 64/,
  );
});
