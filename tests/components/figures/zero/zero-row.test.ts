import { expect, test } from 'vitest';
import type { LearningCurves } from '../../../../src/artifacts/learning-curves.ts';
import { zeroRow } from '../../../../src/components/figures/zero/zero-row.ts';
import { exampleData } from '../../example-data.ts';

const zero = {
  d: 8,
  task: { task: 'sparse-linear-regression', sparsity: 3 } as const,
  error: { mean: 0.38, low: 0.37, high: 0.39, sd: 0.8 },
};

/** The example with other first errors, by method. */
const startingAt = (first: Record<string, number>): LearningCurves => ({
  ...exampleData,
  curves: exampleData.curves.map((curve) => ({
    ...curve,
    mean: [first[curve.method] ?? 0.5, ...curve.mean.slice(1)],
  })),
});

test('sets the expectation beside what was measured, before the first example', () => {
  const data = startingAt({ 'least-squares': 0.41, mamba: 0.42, gpt2: 0.43 });
  expect(zeroRow(zero, data, 'here')).toEqual({
    title: 'sparse linear',
    expected: 3 / 8,
    measured: 0.38,
    evaluated: 0.41,
    models: [0.42, 0.42, 0.43, 0.43],
  });
});

test('takes no baseline that was measured on fewer prompts, nor a curve that begins later', () => {
  const fewer = {
    ...exampleData,
    curves: exampleData.curves.map((curve) => ({
      ...curve,
      prompts: curve.seed === undefined ? 64 : curve.prompts,
    })),
  };
  const later = {
    ...exampleData,
    curves: exampleData.curves.map((curve) => ({ ...curve, k: curve.k.map((k) => k + 1) })),
  };
  expect(() => zeroRow(zero, fewer, 'here')).toThrow(/^here: expected curves of a baseline/);
  expect(() => zeroRow(zero, later, 'here')).toThrow(/^here: .*got 0 in all/);
});
