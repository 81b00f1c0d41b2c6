import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/numerics/random.ts';
import { sampleDecisionTree } from '../../src/tasks/decision-tree.ts';
import { sampleNoisyLinearRegression } from '../../src/tasks/noisy-linear-regression.ts';
import type { Prompts, PromptShape } from '../../src/tasks/prompts.ts';
import { sampleReluNetwork } from '../../src/tasks/relu-network.ts';
import { sampleSparseLinearRegression } from '../../src/tasks/sparse-linear-regression.ts';
import { dot, mean, meanSquare, row, weightsOf } from './statistics.ts';

const stream = (seed = 11): RandomStream => RandomStream.fromSeed(seed);

/** With the first y of the first prompt: published prompts must remain what they were. */
const samplers: [string, (shape: PromptShape, random: RandomStream) => Prompts, number[]][] = [
  [
    'sparse linear regression',
    sampleSparseLinearRegression,
    [-1.9676008224487305, -1.5197805166244507, 1.0614291429519653],
  ],
  [
    'noisy linear regression',
    sampleNoisyLinearRegression,
    [1.6032228469848633, -3.7654778957366943, 1.9250190258026123],
  ],
  [
    'ReLU network',
    sampleReluNetwork,
    [-5.792325496673584, 0.1341281533241272, -2.6807775497436523],
  ],
  [
    'decision tree',
    sampleDecisionTree,
    [-0.6793808937072754, -0.07157066464424133, -0.24076484143733978],
  ],
];

describe.each(samplers)('%s', (_, sample, firstYs) => {
  const shape = { batch: 4, points: 6, d: 5 };

  test('depends on the address of its stream alone', () => {
    const random = stream().fork('a');
    const before = sample(shape, random);
    random.uint32();
    expect(sample(shape, random)).toEqual(before);
    expect(sample(shape, stream().fork('b')).xs).not.toEqual(before.xs);
    expect(sample(shape, stream().fork('b')).ys).not.toEqual(before.ys);
  });

  test('still draws the very prompts it drew when this was written', () => {
    expect(Array.from(sample(shape, stream().fork('a')).ys.subarray(0, 3))).toEqual(firstYs);
  });

  test('has isotropic inputs, zero beyond the active coordinates', () => {
    const { xs } = sample({ batch: 64, points: 50, d: 5, activeDims: 3 }, stream());
    const columns = [0, 1, 2, 3, 4].map((j) => xs.filter((_, i) => i % 5 === j));
    for (const column of columns.slice(0, 3)) {
      expect(Math.abs(mean(column))).toBeLessThan(0.06);
      expect(Math.abs(meanSquare(column) - 1)).toBeLessThan(0.08);
    }
    for (const column of columns.slice(3)) expect(meanSquare(column)).toBe(0);
  });
});

describe('sparse linear regression', () => {
  const shape = { batch: 400, points: 20, d: 8 };
  const nonZero = (prompts: Prompts, prompt: number): number[] =>
    weightsOf(prompts, prompt).flatMap((w, j) => (Math.abs(w) > 1e-5 ? [j] : []));

  test('has three weights, of which every coordinate gets its share', () => {
    const prompts = sampleSparseLinearRegression(shape, stream());
    const counts = new Float64Array(8);
    for (let b = 0; b < shape.batch; b++) {
      const kept = nonZero(prompts, b);
      expect(kept).toHaveLength(3);
      for (const j of kept) counts[j]! += 1;
    }
    for (const count of counts) expect(Math.abs(count / shape.batch - 3 / 8)).toBeLessThan(0.08);
  });

  test('has outputs of variance 3', () => {
    const { ys } = sampleSparseLinearRegression({ ...shape, batch: 3000, points: 2 }, stream());
    expect(Math.abs(meanSquare(ys) - 3)).toBeLessThan(0.2);
  });

  test('draws its coordinates among the active ones, all of them where there are fewer', () => {
    for (const activeDims of [2, 4]) {
      const { xs, ys, ...rest } = sampleSparseLinearRegression({ ...shape, activeDims }, stream());
      const active = { ...rest, d: activeDims, ys, xs: xs.filter((_, i) => i % 8 < activeDims) };
      for (let b = 0; b < 20; b++) {
        expect(nonZero(active, b)).toHaveLength(Math.min(activeDims, 3));
      }
    }
  });
});

describe('noisy linear regression', () => {
  const residuals = (prompts: Prompts): number[] =>
    Array.from({ length: prompts.batch }, (_, b) => b).flatMap((b) => {
      const w = weightsOf(prompts, b);
      return Array.from({ length: prompts.points }, (_, i) => {
        const at = b * prompts.points + i;
        return prompts.ys[at]! - dot(row(prompts.xs, prompts.d, at), w);
      });
    });

  test('has a noise floor of 1 / (d + 1)', () => {
    const d = 5;
    const prompts = sampleNoisyLinearRegression({ batch: 800, points: 55, d }, stream());
    const unbiased = (meanSquare(residuals(prompts)) * 55) / (55 - d);
    expect(Math.abs((unbiased / d) * (d + 1) - 1)).toBeLessThan(0.05);
  });

  test('scales the batch to variance d exactly, and is linear without noise', () => {
    const shape = { batch: 8, points: 16, d: 6 };
    const prompts = sampleNoisyLinearRegression(shape, stream());
    const centre = mean(prompts.ys);
    const variance = (meanSquare(prompts.ys.map((y) => y - centre)) * 128) / 127;
    expect(Math.abs(variance / 6 - 1)).toBeLessThan(1e-6);
    const clean = sampleNoisyLinearRegression(shape, stream(), { noiseStd: 0 });
    expect(Math.max(...residuals(clean).map(Math.abs))).toBeLessThan(1e-5);
  });
});

describe('ReLU network', () => {
  test.each([7, 100])('has outputs of variance d with %i hidden units', (hidden) => {
    const shape = { batch: 1500, points: 8, d: 4 };
    const { ys } = sampleReluNetwork(shape, stream(), { hidden });
    expect(Math.abs(mean(ys))).toBeLessThan(0.1);
    expect(Math.abs(meanSquare(ys) / 4 - 1)).toBeLessThan(0.1);
  });

  test('with one unit is zero on one side of a hyperplane and linear on the other', () => {
    const prompts = sampleReluNetwork({ batch: 20, points: 80, d: 3 }, stream(), { hidden: 1 });
    for (let b = 0; b < 20; b++) {
      const points = Array.from({ length: 80 }, (_, i) => b * 80 + i);
      const on = points.filter((i) => prompts.ys[i] !== 0);
      expect(Math.abs(on.length / 80 - 0.5)).toBeLessThan(0.25);
      const w = weightsOf(
        {
          batch: 1,
          points: on.length,
          d: 3,
          xs: Float32Array.from(on.flatMap((i) => row(prompts.xs, 3, i))),
          ys: Float32Array.from(on, (i) => prompts.ys[i]!),
        },
        0,
      );
      const side = Math.sign(prompts.ys[on[0]!]!);
      for (const i of points) {
        const linear = dot(row(prompts.xs, 3, i), w);
        expect(Math.abs(prompts.ys[i]! - (linear * side > 0 ? linear : 0))).toBeLessThan(1e-5);
      }
    }
  });
});

describe('decision tree', () => {
  test('has up to 16 leaves, reached alike when no coordinate is tested twice', () => {
    const batch = 20;
    const points = 400;
    const { ys } = sampleDecisionTree({ batch, points, d: 200 }, stream());
    const shares = Array.from({ length: batch }, (_, b) => {
      const counts = new Map<number, number>();
      for (const y of ys.subarray(b * points, (b + 1) * points)) {
        counts.set(y, (counts.get(y) ?? 0) + 1 / points);
      }
      return [...counts.values()];
    });
    const balanced = shares.filter((share) => share.length === 16);
    expect(balanced.length).toBeGreaterThan(10);
    const spread = meanSquare(balanced.flat().map((share) => share - 1 / 16));
    expect(spread / ((1 / 16) * (15 / 16) * (1 / points))).toBeGreaterThan(0.7);
    expect(spread / ((1 / 16) * (15 / 16) * (1 / points))).toBeLessThan(1.35);
  });

  test('has outputs of variance 1', () => {
    const { ys } = sampleDecisionTree({ batch: 3000, points: 2, d: 5 }, stream());
    expect(Math.abs(meanSquare(ys) - 1)).toBeLessThan(0.06);
  });

  test('knows only the signs of the coordinates', () => {
    const prompts = sampleDecisionTree({ batch: 10, points: 600, d: 5 }, stream());
    for (let b = 0; b < 10; b++) {
      const values = new Map<string, number>();
      for (let i = b * 600; i < (b + 1) * 600; i++) {
        const signs = row(prompts.xs, 5, i).map(Math.sign).join();
        expect(values.get(signs) ?? prompts.ys[i]).toBe(prompts.ys[i]);
        values.set(signs, prompts.ys[i]!);
      }
      expect(new Set(values.values()).size).toBeGreaterThan(4);
    }
  });

  test('tests inactive coordinates, too, and goes left there', () => {
    const shape = { batch: 2000, points: 30, d: 4, activeDims: 1 };
    const { ys } = sampleDecisionTree(shape, stream(), { depth: 1 });
    const constant = Array.from({ length: 2000 }, (_, b) =>
      new Set(ys.subarray(b * 30, (b + 1) * 30)).size === 1 ? 1 : 0,
    );
    expect(Math.abs(mean(constant) - 3 / 4)).toBeLessThan(0.04);
  });

  test('goes right where the coordinate is positive', () => {
    const shape = { batch: 1, points: 40, d: 1 };
    const deep = sampleDecisionTree(shape, stream(), { depth: 4 });
    const leaves = stream().fork('leaves').normals(16);
    for (const [i, y] of deep.ys.entries()) expect(y).toBe(leaves[deep.xs[i]! > 0 ? 15 : 0]);
  });
});
