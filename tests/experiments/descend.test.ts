import { expect, test } from 'vitest';
import { probePrompts } from '../../experiments/measuring/probe-prompts.ts';
import { descend } from '../../experiments/nodes/descend.ts';
import { readJson } from '../../experiments/outputs/files.ts';
import { gradientDescentRuns } from '../../src/artifacts/mechanisms.ts';
import { DATA } from '../../src/lab/experiment.ts';
import { sampleLinearRegression } from '../../src/tasks/linear-regression.ts';
import { contextOf, resultOf } from './node.ts';

const D = 4;
const K = 8;
const PROBE = {
  k: [K],
  tasks: 100,
  fitted: 3,
  tested: 7,
  seed: 40,
  interval: { confidence: 0.9, trials: 10, seed: 41 },
};
const PARAMETERS = {
  d: D,
  inputs: { skewed: 'skewed', isotropic: 'isotropic' },
  k: K,
  probe: PROBE,
  steps: 400,
  gammas: 12,
} as const;

const runs = descend(contextOf({ ...PARAMETERS, inputs: { ...PARAMETERS.inputs } }, {})).then(
  (files) => gradientDescentRuns.parse(readJson(resultOf(files), DATA)).runs,
);

test.each(['skewed', 'isotropic'] as const)(
  '%s: from w = 0 the error is that of predicting nothing on the tested tokens, over d once',
  async (inputs) => {
    let sum = 0;
    const sample: Parameters<typeof probePrompts>[0] = (shape, random) =>
      sampleLinearRegression(shape, random, { inputs });
    for (const { batch, points, ys } of probePrompts(sample, PROBE, K, D)) {
      for (let b = 0; b < batch; b++) {
        const tested = ys.subarray(b * points + K + PROBE.fitted, (b + 1) * points);
        for (const y of tested) sum += y ** 2 / D;
      }
    }
    const { gd, gdPlusPlus, tasks, tested, k } = (await runs)[inputs]!;
    expect(gd[0]! / (sum / (tasks * tested))).toBeCloseTo(1, 6);
    expect(gdPlusPlus[0]).toBe(gd[0]);
    expect(gd[0]).toBeGreaterThan(0.7);
    expect(gd[0]).toBeLessThan(1.3);
    expect({ k, tasks, tested }).toEqual({ k: K, tasks: 100, tested: 7 });
  },
);

test('descent goes down to what least squares reaches with k ≥ d, zero', async () => {
  const { gd } = (await runs)['isotropic']!;
  expect(gd).toHaveLength(401);
  expect(gd[20]!).toBeLessThan(gd[0]!);
  expect(gd[100]!).toBeLessThan(gd[20]!);
  expect(gd.at(-1)).toBeLessThan(0.05);
});

test('GD++ is the best of its grid, at its last step', async () => {
  for (const { grid, gamma, gdPlusPlus, gd } of Object.values(await runs)) {
    expect(grid.gamma).toHaveLength(12);
    expect(Math.min(...grid.error)).toBe(gdPlusPlus.at(-1));
    expect(grid.gamma[grid.error.indexOf(Math.min(...grid.error))]).toBe(gamma);
    expect(gdPlusPlus[400]!).toBeLessThan(gd[400]!);
  }
});
