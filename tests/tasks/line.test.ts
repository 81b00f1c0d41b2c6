import { describe, expect, test } from 'vitest';
import { leastSquares } from '../../src/baselines/least-squares.ts';
import { lineOfSeed, promptsAlong, withSlope } from '../../src/tasks/line.ts';
import type { Line } from '../../src/tasks/line.ts';

const D = 3;
const line = lineOfSeed(11, D, 7);
const PLACES = [-2, 0, 0.5, 1.25];

/** Least squares along a line: of a function without noise exact as soon as k is d. */
const believed = (one: Line, k: number, places: readonly number[] = PLACES): number[] => [
  ...leastSquares(promptsAlong(one, k, places), [k]),
];
const expectClose = (found: readonly number[], wanted: readonly number[]): void => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 4));
};

describe('the line of a seed', () => {
  test('leads through the query behind the examples, along which the function grows by its slope', () => {
    expect(line.examples).toMatchObject({ batch: 1, points: 7, d: D });
    expect(Math.hypot(...line.direction)).toBeCloseTo(1, 12);
    for (const k of [D, 5, 7])
      expectClose(
        believed(line, k),
        PLACES.map((t) => line.slope * t),
      );
  });

  test('is the same whenever it is drawn, and another for another seed', () => {
    expect(lineOfSeed(11, D, 7)).toEqual(line);
    expect(lineOfSeed(12, D, 7).slope).not.toBeCloseTo(line.slope, 3);
  });
});

test('turned, the function has the slope asked for along the line, and is as before across it', () => {
  const turned = withSlope(line, 1.5);
  expect(turned.examples.xs).toEqual(line.examples.xs);
  expectClose(
    believed(turned, 5),
    PLACES.map((t) => 1.5 * t),
  );
  const [u, v] = [line.direction[0]!, line.direction[1]!];
  const across = Float64Array.from([-v, u, 0]);
  expectClose(
    believed({ ...turned, direction: across }, 5),
    believed({ ...line, direction: across }, 5),
  );
  const back = withSlope(turned, line.slope);
  back.examples.ys.forEach((y, i) => expect(y).toBeCloseTo(line.examples.ys[i]!, 5));
});

test('a prompt for each place: the first k examples, and the place as the query', () => {
  const prompts = promptsAlong(line, 2, PLACES);
  expect(prompts).toMatchObject({ batch: 4, points: 3, d: D });
  for (const [b, t] of PLACES.entries()) {
    const from = b * 3 * D;
    expect(prompts.xs.slice(from, from + 2 * D)).toEqual(line.examples.xs.slice(0, 2 * D));
    expect(prompts.ys.slice(b * 3, b * 3 + 2)).toEqual(line.examples.ys.slice(0, 2));
    const query = prompts.xs.subarray(from + 2 * D, from + 3 * D);
    query.forEach((x, j) => expect(x).toBeCloseTo(t * line.direction[j]!, 6));
  }
  expect(promptsAlong(line, 0, PLACES).points).toBe(1);
});

test.each([-1, 1.5, 8])('asks for no %s examples where there are seven', (k) => {
  expect(() => promptsAlong(line, k, PLACES)).toThrow(
    new RegExp(`expected k from 0 to 7, got ${String(k).replace('.', '\\.')}`),
  );
});
