import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import {
  gammaGrid,
  gradientDescent,
  gradientDescentPaths,
} from '../../src/baselines/gradient-descent.ts';
import { leastSquares } from '../../src/baselines/least-squares.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { sampleLinearRegression } from '../../src/tasks/linear-regression.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';

const random = RandomStream.fromSeed(31);
const prompts = sampleLinearRegression({ batch: 3, points: 12, d: 4 }, random.fork('x'), {
  inputs: 'skewed',
});

/** In the coordinates of x, with the matrices of content/layers.mdx, Gradient descent as a yardstick. */
function descend(
  { points, d, xs, ys }: Prompts,
  b: number,
  k: number,
  { steps, gamma }: { steps: number; gamma: number },
): number[][] {
  const rows = Array.from({ length: points }, (_, i) =>
    Array.from(xs.subarray((b * points + i) * d, (b * points + i + 1) * d)),
  );
  const x = new Matrix(rows.slice(0, k));
  const y = Matrix.columnVector(Array.from(ys.subarray(b * points, b * points + k)));
  const eigenvalues = new EigenvalueDecomposition(x.transpose().mmul(x).div(k)).realEigenvalues;
  const step = 2 / (Math.max(...eigenvalues) + Math.max(0, Math.min(...eigenvalues)));
  const turn = Matrix.eye(d).sub(x.transpose().mmul(x).mul(gamma));
  const turned = x.clone().mmul(turn);
  const queries = new Matrix(rows.slice(k)).mmul(turn);
  let w = Matrix.zeros(d, 1);
  const path = [queries.mmul(w).to1DArray()];
  for (let i = 0; i < steps; i++) {
    const residual = turned.mmul(w).sub(y);
    w = w.sub(
      turned
        .transpose()
        .mmul(residual)
        .mul(step / k),
    );
    path.push(queries.mmul(w).to1DArray());
  }
  return path;
}

describe.each([0, 0.004])('with γ = %d', (gamma) => {
  test.each([3, 9])('takes the steps of the plain matrices, k = %i', (k) => {
    const steps = 7;
    const got = gradientDescentPaths(prompts, k, { steps, gamma });
    expect(got).toHaveLength(3 * (12 - k) * (steps + 1));
    for (let b = 0; b < 3; b++) {
      for (const [step, values] of descend(prompts, b, k, { steps, gamma }).entries()) {
        for (const [query, value] of values.entries()) {
          const at = (b * (12 - k) + query) * (steps + 1) + step;
          expect(Math.abs(got[at]! - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
        }
      }
    }
  });

  test('the baseline is the end of the path at every k', () => {
    const all = gradientDescent({ steps: 5, gamma })(prompts);
    for (const k of [1, 4, 11]) {
      const paths = gradientDescentPaths(prompts, k, { steps: 5, gamma });
      for (let b = 0; b < 3; b++) {
        expect(all[b * 12 + k]).toBe(paths[(b * (12 - k) + 1) * 6 - 1]);
      }
    }
  });
});

test('converges to least squares once there are more examples than dimensions', () => {
  const isotropic = sampleLinearRegression({ batch: 3, points: 12, d: 4 }, random, {
    inputs: 'isotropic',
  });
  const [got, expected] = [gradientDescent({ steps: 2000 })(isotropic), leastSquares(isotropic)];
  for (const k of [8, 9, 10, 11]) {
    for (const i of [k, 12 + k, 24 + k]) {
      expect(Math.abs(got[i]! - expected[i]!)).toBeLessThan(1e-6);
    }
  }
});

test('swings between 0 and twice the solution with one example, as its step size implies', () => {
  const [even, odd] = [20, 21].map((steps) => gradientDescent({ steps })(prompts));
  const expected = leastSquares(prompts);
  for (const i of [1, 13, 25]) {
    expect(Math.abs(even![i]!)).toBeLessThan(1e-9);
    expect(Math.abs(odd![i]! - 2 * expected[i]!)).toBeLessThan(1e-9);
  }
});

/**
 * The published experiment (the paper's figures 3d and 11) in the models' units: about .6 for GD after its 23 steps;
 * for GD++ .045, the least of figure 11, at γ = 1.94e-4.
 */
test('gives the published errors for d = 20 and k = 40', () => {
  const skewed = Array.from({ length: 24 }, (_, i) =>
    sampleLinearRegression({ batch: 1, points: 60, d: 20 }, random.fork(i), { inputs: 'skewed' }),
  );
  const error = (gamma: number): number => {
    const errors = skewed.flatMap((task) => {
      const paths = gradientDescentPaths(task, 40, { steps: 23, gamma });
      return Array.from(
        { length: 20 },
        (_, q) => (paths[q * 24 + 23]! - task.ys[40 + q]!) ** 2 / 20,
      );
    });
    return errors.reduce((sum, value) => sum + value, 0) / errors.length;
  };
  const plain = error(0);
  expect(plain).toBeGreaterThan(0.4);
  expect(plain).toBeLessThan(0.8);
  const preconditioned = error(1.94e-4);
  expect(preconditioned).toBeGreaterThan(0.02);
  expect(preconditioned).toBeLessThan(0.08);
});

test('the grid of γ is the published one at d = 20, k = 40, and goes with 1 / (d k)', () => {
  const grid = gammaGrid(20, 40);
  expect(grid).toHaveLength(300);
  expect(Math.abs(grid[0]! / 1e-6 - 1)).toBeLessThan(1e-12);
  expect(Math.abs(grid[299]! / 1e-3 - 1)).toBeLessThan(1e-12);
  expect(Math.min(...grid.map((gamma) => Math.abs(gamma / 1.939212572065831e-4 - 1)))).toBeLessThan(
    1e-6,
  );
  expect(Math.abs(gammaGrid(5, 10)[17]! / grid[17]! - 16)).toBeLessThan(1e-9);
});
