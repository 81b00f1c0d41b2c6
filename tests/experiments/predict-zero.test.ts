import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { predictZero } from '../../experiments/nodes/predict-zero.ts';
import { readJson } from '../../experiments/outputs/files.ts';
import { artifactPath, parseArtifact } from '../../src/artifacts/artifact.ts';
import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import { zeroPredictor } from '../../src/artifacts/zero-predictor.ts';
import { DATA } from '../../src/lab/experiment.ts';
import type { Task } from '../../src/tasks/index.ts';
import { contextOf, resultOf, samplersOf } from './node.ts';

/** E[y²] / d: 1, s/d of sparse functions, 1/d of trees (content/methods.mdx, Error and its unit). */
function expected(task: Task, d: number): number {
  if (task.task === 'sparse-linear-regression') return Math.min(task.sparsity, d) / d;
  return task.task === 'decision-tree' ? 1 / d : 1;
}

const TASKS: { task: Task; d: number }[] = [
  { task: { task: 'linear-regression', inputs: 'skewed' }, d: 7 },
  { task: { task: 'linear-regression', inputs: 'isotropic' }, d: 2 },
  { task: { task: 'sparse-linear-regression', sparsity: 3 }, d: 9 },
  { task: { task: 'relu-network', hidden: 11 }, d: 4 },
  { task: { task: 'decision-tree', depth: 3 }, d: 3 },
];

test.each(TASKS)('$task.task of d = $d costs what its variance says', async ({ task, d }) => {
  const files = await predictZero(
    contextOf(
      {
        tasks: { own: { task, d } },
        prompts: 40_000,
        batch: 16,
        interval: { confidence: 0.9, trials: 200, seed: 5 },
      },
      samplersOf({ own: task }),
    ),
  );
  const { prompts, tasks } = zeroPredictor.parse(readJson(resultOf(files), DATA));
  const { mean, low, high, sd } = tasks['own']!.error;
  const standardError = sd / Math.sqrt(prompts);
  expect(Math.abs(mean - expected(task, d))).toBeLessThan(4 * standardError);
  expect((high - low) / standardError).toBeGreaterThan(2.6);
  expect((high - low) / standardError).toBeLessThan(4);
});

const committed = <Schema extends z.ZodType>(id: string, schema: Schema) => {
  const path = join(import.meta.dirname, '../../public', artifactPath(id, 'small'));
  return parseArtifact(JSON.parse(readFileSync(path, 'utf8')), schema, path).data;
};
const measured = committed('zero-predictor', zeroPredictor);

test('is measured for every class of functions', () => {
  const classes = Object.values(measured.tasks).map(({ task }) => Object.values(task).join(' '));
  expect(new Set(classes).size).toBe(5);
});

test.each(Object.entries(measured.tasks))(
  '%s: trained models know at k = 0 that they know nothing',
  (id, { task, d, error }) => {
    const scale = expected(task, d);
    expect(Math.abs(error.mean / scale - 1)).toBeLessThan(0.05);
    const { prompts, curves } = committed(id, learningCurves);
    const atZero = curves
      .filter((curve) => curve.evaluation === 'training' && curve.prompts === prompts)
      .map(({ method, seed, k, mean }) => ({ method, seed, value: mean[k.indexOf(0)]! }));
    const zero = atZero.find(({ seed }) => seed === undefined)!.value;
    const trained = atZero.filter(({ seed }) => seed !== undefined);
    expect(trained.length).toBeGreaterThanOrEqual(6);
    for (const { value } of trained) expect(Math.abs(value - zero) / scale).toBeLessThan(0.05);
    // The evaluation's own prompts are a hundredth of these.
    const standardError = error.sd / Math.sqrt(prompts);
    expect(Math.abs(zero - error.mean)).toBeLessThan(4 * standardError);
  },
);
