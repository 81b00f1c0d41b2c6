import { expect, test } from 'vitest';
import { RandomStream } from '../../src/numerics/random.ts';
import { fitLine, overTasks } from '../../src/numerics/statistics.ts';

const INTERVAL = { confidence: 0.9, trials: 4000, seed: 1 };

test('the interval over tasks is that of a normal mean, the spread that of the tasks', () => {
  const n = 400;
  const values = Float64Array.from(RandomStream.fromSeed(3).normals(n), (z) => 5 + 2 * z);
  const { mean, low, high, sd } = overTasks(values, INTERVAL);
  const exact = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - exact) ** 2, 0);
  expect(mean / exact).toBeCloseTo(1, 6);
  expect(sd / Math.sqrt(squares / (n - 1))).toBeCloseTo(1, 6);
  const half = (1.6449 * sd) / Math.sqrt(n);
  expect((mean - low) / half).toBeCloseTo(1, 1);
  expect((high - mean) / half).toBeCloseTo(1, 1);
});

test('a wider confidence widens the interval, another seed moves it', () => {
  const values = Float64Array.from(RandomStream.fromSeed(4).normals(30));
  const at = (own: object) => overTasks(values, { ...INTERVAL, trials: 500, ...own });
  expect(at({ confidence: 0.99 }).high).toBeGreaterThan(at({}).high);
  expect(at({ confidence: 0.99 }).low).toBeLessThan(at({}).low);
  expect(at({ seed: 2 })).not.toEqual(at({}));
  expect(at({})).toEqual(at({}));
});

test('the line is that of the normal equations', () => {
  const x = Float64Array.of(1, 2, 4, 7);
  const y = Float64Array.of(2, 1, 5, 9);
  const { scale, shift } = fitLine(x, y);
  const residual = (i: number) => y[i]! - scale * x[i]! - shift;
  const sum = (f: (i: number) => number) => [0, 1, 2, 3].reduce((total, i) => total + f(i), 0);
  expect(sum(residual)).toBeCloseTo(0, 10);
  expect(sum((i) => residual(i) * x[i]!)).toBeCloseTo(0, 10);
  expect(scale).toBeGreaterThan(1);
});

test('where x says nothing, the line is the mean of y', () => {
  expect(fitLine(Float64Array.of(3, 3), Float64Array.of(1, 2))).toEqual({ scale: 0, shift: 1.5 });
});
