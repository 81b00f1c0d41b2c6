import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeLeastSquares } from '../../experiments/graphs/baselines.ts';
import { modelCode } from '../../experiments/graphs/code.ts';
import type { EvaluatedCurves, EvaluateParameters } from '../../experiments/measuring/evaluate.ts';
import { evaluateBaseline } from '../../experiments/nodes/evaluate-baseline.ts';
import { evaluateModel } from '../../experiments/nodes/evaluate-model.ts';
import { readJson } from '../../experiments/outputs/files.ts';
import { evaluationOf, scaleOf } from '../../experiments/settings/scale.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { Evaluation } from '../../src/tasks/evaluation.ts';
import { evaluationBatch } from '../../src/tasks/index.ts';
import { isQueried } from '../../src/tasks/prompt-sets.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { evaluatePrompts } from '../../src/training/evaluate.ts';
import { predict } from '../../src/training/regression.ts';
import { open } from '../kernels/backends.ts';
import { contextOf, resultOf, untrained, samplersOf } from './node.ts';

const D = 3;
const CONFIG: ModelConfig = {
  model: 'mamba',
  n_dims: D,
  d_model: 8,
  n_layer: 2,
  d_state: 4,
  d_conv: 4,
  expand: 2,
};
const SKEWED: Evaluation = { task: 'linear-regression', inputs: 'skewed' };
const shifted = (kind: 'orthants' | 'repeated-query' | 'orthogonal-query'): Evaluation => ({
  task: 'shifted',
  shift: { kind },
});

const parametersOf = (own: Partial<EvaluateParameters>): EvaluateParameters => ({
  evaluations: { training: SKEWED },
  d: D,
  points: 9,
  k: [0, 1, 5, 8],
  queriedK: [0, 2, 7],
  prompts: 10,
  batch: 4,
  seed: 21,
  confidence: 0.9,
  bootstrapTrials: 40,
  ...own,
});

let runtime: Runtime;
beforeAll(async () => {
  runtime = await open('wasm');
});
afterAll(() => runtime.close());

/** One prompt of k examples and the query, as the model meets it. */
function alone(contexts: Prompts, b: number, k: number, query: Float32Array): Prompts {
  const { points, d } = contexts;
  const xs = new Float32Array((k + 1) * d);
  xs.set(contexts.xs.subarray(b * points * d, (b * points + k) * d));
  xs.set(query, k * d);
  const ys = new Float32Array(k + 1);
  ys.set(contexts.ys.subarray(b * points, b * points + k));
  return { batch: 1, points: k + 1, d, xs, ys };
}

describe.each(['orthants', 'repeated-query', 'orthogonal-query'] as const)('%s', (kind) => {
  test('the error at k is that of the first k examples and the k-th query', async () => {
    const model = modelCode(CONFIG).value(CONFIG);
    const { weights } = untrained(model);
    const shape = { batch: 2, points: 3, d: D };
    const set = evaluationBatch(shifted(kind), shape, RandomStream.fromSeed(8), 0);
    if (!isQueried(set)) throw new Error(`expected queries of their own for ${kind}, got none`);
    const ks = [0, 2];
    const errors = await evaluatePrompts(model, weights, set, ks);
    for (let b = 0; b < 2; b++) {
      for (const [at, k] of ks.entries()) {
        const i = b * 3 + k;
        const prompt = alone(set.contexts, b, k, set.queries.subarray(i * D, (i + 1) * D));
        const values = await predict(model, weights, prompt).data();
        const error = (values[k]! - set.targets[i]!) ** 2 / D;
        expect(errors[b * 2 + at]! / error).toBeCloseTo(1, 3);
      }
    }
  });
});

test('means are over whole batches, the first batch is the first of them, and queries have their own k', async () => {
  const model = modelCode(CONFIG).value(CONFIG);
  const { training, weights } = untrained(model);
  const evaluations = {
    training: SKEWED,
    orthants: shifted('orthants'),
    'orthogonal-query': shifted('orthogonal-query'),
  };
  const parameters = { ...parametersOf({ evaluations }), config: CONFIG };
  const uses = { build: () => model, ...samplersOf(evaluations) };
  const files = await evaluateModel(contextOf(parameters, uses, { training }));
  const curves = readJson<EvaluatedCurves>(resultOf(files), 'curves.json');
  expect(Object.keys(curves)).toEqual(Object.keys(evaluations));
  expect(curves['training']).toMatchObject({ k: [0, 1, 5, 8], prompts: 12 });
  expect(curves['orthants']!.k).toEqual([0, 2, 7]);
  expect(curves['orthogonal-query']!.k).toEqual([0, 2]);
  const batches = await Promise.all(
    [0, 1, 2].map(async (index) => {
      const shape = { batch: 4, points: 9, d: D };
      const set = evaluationBatch(SKEWED, shape, RandomStream.fromSeed(21), index);
      return evaluatePrompts(model, weights, set, [5]);
    }),
  );
  const mean = (of: readonly Float64Array[]) =>
    of.flatMap((part) => [...part]).reduce((sum, value) => sum + value, 0) / (4 * of.length);
  const { mean: means, firstBatch, low, high } = curves['training']!;
  expect(means[2]! / mean(batches)).toBeCloseTo(1, 5);
  expect(firstBatch[2]! / mean(batches.slice(0, 1))).toBeCloseTo(1, 5);
  expect(low[2]!).toBeLessThan(means[2]!);
  expect(high[2]!).toBeGreaterThan(means[2]!);
});

describe('without examples', () => {
  test.each<[string, Evaluation, number]>([
    ['skewed', SKEWED, 1],
    ['sparse', { task: 'sparse-linear-regression', sparsity: 2 }, 2 / D],
    ['ReLU network', { task: 'relu-network', hidden: 50 }, 1],
    ['tree', { task: 'decision-tree', depth: 3 }, 1 / D],
    ['x scaled', { task: 'shifted', shift: { kind: 'scaled-x', factor: 1 / 3 } }, 1 / 9],
    ['half subspace', { task: 'shifted', shift: { kind: 'half-subspace' } }, 1],
    ['noisy', { task: 'shifted', shift: { kind: 'noisy' } }, 1],
  ])('%s: predicting nothing errs by the variance of y over d', async (_, evaluation, expected) => {
    const parameters = parametersOf({
      evaluations: { only: evaluation },
      points: 2,
      k: [0],
      prompts: 16_000,
      batch: 200,
    });
    const uses = { make: makeLeastSquares, ...samplersOf(parameters.evaluations) };
    const files = await evaluateBaseline(contextOf(parameters, uses));
    const { only } = readJson<EvaluatedCurves>(resultOf(files), 'curves.json');
    expect(only!.mean[0]! / expected).toBeGreaterThan(0.95);
    expect(only!.mean[0]! / expected).toBeLessThan(1.05);
  });
});

test.each(['smoke', 'small', 'paper'] as const)('the grids of %s', (preset) => {
  const { d } = scaleOf(preset);
  const { k, queriedK, points } = evaluationOf(scaleOf(preset));
  for (const grid of [k, queriedK]) {
    expect(grid).toEqual([...new Set(grid)].toSorted((a, b) => a - b));
    expect(grid.slice(0, 2 * d + 1)).toEqual(Array.from({ length: 2 * d + 1 }, (_, i) => i));
    expect(grid.at(-1)).toBeLessThan(points);
  }
  expect(k.at(-1)).toBe(25 * d);
  expect(queriedK.at(-1)).toBe(12 * d);
  // The ends of training contexts at which claims are judged.
  for (const multiple of [1, 2, 4, 5, 8, 12, 25]) expect(k).toContain(multiple * d);
});

test('an evaluation that a node is not given the sampler of is refused by name', async () => {
  const uses = { make: makeLeastSquares, ...samplersOf({ orthants: shifted('orthants') }) };
  await expect(evaluateBaseline(contextOf(parametersOf({}), uses))).rejects.toThrow(
    /expected to be given sample\/linear-regression, got make, sample\/shifted/,
  );
});
