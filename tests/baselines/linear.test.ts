import { describe, expect, test } from 'vitest';
import { averaging } from '../../src/baselines/averaging.ts';
import { lasso } from '../../src/baselines/lasso.ts';
import { leastSquares } from '../../src/baselines/least-squares.ts';
import { ridge } from '../../src/baselines/ridge.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { sampleLinearRegression } from '../../src/tasks/linear-regression.ts';
import { sampleNoisyLinearRegression } from '../../src/tasks/noisy-linear-regression.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { sampleSparseLinearRegression } from '../../src/tasks/sparse-linear-regression.ts';
import { largestDifference, normalisedErrors, unitQueries } from './errors.ts';

const random = RandomStream.fromSeed(21);
const shape = { batch: 6, points: 14, d: 5 };
const skewed = sampleLinearRegression(shape, random.fork('skewed'), { inputs: 'skewed' });
const noisy = sampleNoisyLinearRegression(shape, random.fork('noisy'));

test('averaging: (1/k) Σ x_i y_i', () => {
  const prompts: Prompts = {
    batch: 1,
    points: 3,
    d: 2,
    xs: Float32Array.of(1, 2, 3, -1, 2, 5),
    ys: Float32Array.of(4, -2, 9),
  };
  // w is (4, 8) after one example, and ((4 - 6) / 2, (8 + 2) / 2) after two.
  expect(Array.from(averaging(prompts))).toEqual([0, 4 * 3 - 8, -1 * 2 + 5 * 5]);
});

describe('minimum-norm least squares', () => {
  test('predicts at the k it is asked for as at every k', () => {
    const all = leastSquares(skewed);
    const some = leastSquares(skewed, [0, 2, 9]);
    expect(some).toHaveLength(skewed.batch * 3);
    const expected = Float64Array.from(some, (_, i) => {
      const k = [0, 2, 9][i % 3]!;
      return all[Math.floor(i / 3) * skewed.points + k]!;
    });
    expect(some).toEqual(expected);
  });

  test('recovers w from d examples without noise, and part of it from fewer', () => {
    const prompts = sampleLinearRegression({ ...shape, batch: 300 }, random, {
      inputs: 'isotropic',
    });
    const errors = normalisedErrors(prompts, leastSquares(prompts));
    for (const k of [0, 1, 3]) expect(Math.abs(errors[k]! - (1 - k / 5))).toBeLessThan(0.12);
    expect(errors[7]).toBeLessThan(1e-8);
  });
});

describe('ridge', () => {
  test('becomes minimum-norm least squares as λ vanishes', () => {
    const difference = (lambda: number): number =>
      largestDifference(ridge(lambda)(noisy), leastSquares(noisy));
    expect(difference(1e-8)).toBeLessThan(1e-4);
    expect(difference(1e-4)).toBeLessThan(difference(1));
    expect(() => ridge(0)).toThrow(/expected λ > 0, got 0/);
  });

  test('at the noise variance has the error its posterior predicts, least of all', () => {
    const many = { batch: 600, points: 11, d: 5 };
    const prompts = sampleNoisyLinearRegression(many, random.fork('posterior'));
    const errors = (lambda: number) => normalisedErrors(prompts, ridge(lambda)(prompts));
    const [low, best, high] = [errors(0.1), errors(1), errors(10)];
    for (const k of [4, 10]) {
      expect(best[k]).toBeLessThan(low[k]!);
      expect(best[k]).toBeLessThan(high[k]!);
    }
    expect(Math.abs(best[0]! - 1)).toBeLessThan(0.1);
    expect(normalisedErrors(prompts, leastSquares(prompts))[5]).toBeGreaterThan(1.5 * best[5]!);
  });
});

describe('lasso', () => {
  const sparse = sampleSparseLinearRegression(
    { batch: 2, points: 13, d: 8 },
    random.fork('sparse'),
  );

  test('meets the optimality conditions at every k', () => {
    const [alpha, d] = [0.05, 8];
    for (let k = 1; k < 13; k++) {
      // Queries along the axes read off w.
      const weights = lasso({ alpha })(unitQueries(sparse, k));
      for (let b = 0; b < sparse.batch; b++) {
        const w = Array.from({ length: d }, (_, j) => weights[(b * d + j) * (k + 1) + k]!);
        const slope = new Float64Array(d);
        for (let i = b * 13; i < b * 13 + k; i++) {
          const x = sparse.xs.subarray(i * d, (i + 1) * d);
          const residual = sparse.ys[i]! - x.reduce((sum, value, j) => sum + value * w[j]!, 0);
          for (let j = 0; j < d; j++) slope[j]! += (x[j]! * residual) / k;
        }
        for (const [j, value] of slope.entries()) {
          const excess =
            w[j] === 0 ? Math.max(0, Math.abs(value) - alpha) : value - alpha * Math.sign(w[j]!);
          expect(Math.abs(excess)).toBeLessThan(1e-9);
        }
        expect(w.filter((value) => value === 0).length).toBeGreaterThanOrEqual(1);
      }
    }
  });

  test('beats least squares on sparse functions while k < d', () => {
    const prompts = sampleSparseLinearRegression({ batch: 80, points: 8, d: 10 }, random);
    const [ours, theirs] = [lasso({ alpha: 0.01 }), leastSquares].map((method) =>
      normalisedErrors(prompts, method(prompts)),
    );
    expect(Math.abs(ours![0]! - 3 / 10)).toBeLessThan(0.1);
    expect(ours![7]).toBeLessThan(0.8 * theirs![7]!);
  });

  test('becomes least squares as α vanishes', () => {
    const [got, expected] = [lasso({ alpha: 1e-8 })(noisy), leastSquares(noisy)];
    for (let b = 0; b < noisy.batch; b++) {
      for (let k = 8; k < noisy.points; k++) {
        const i = b * noisy.points + k;
        expect(Math.abs(got[i]! - expected[i]!)).toBeLessThan(1e-5);
      }
    }
  });

  test.each([1, 0.1, 0.001, 1e-4])('gets there at every published α: %d', (alpha) => {
    const prompts = sampleSparseLinearRegression({ batch: 100, points: 12, d: 5 }, random);
    const errors = normalisedErrors(prompts, lasso({ alpha })(prompts));
    expect(errors[11]).toBeLessThan(errors[0]!);
  });

  test('refuses no penalty', () => {
    expect(() => lasso({ alpha: 0 })).toThrow(/expected α > 0, got 0/);
  });
});
