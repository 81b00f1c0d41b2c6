import { expect, test } from 'vitest';
import { assembleLearningCurves } from '../../experiments/nodes/assemble.ts';
import type { AssembleParameters } from '../../experiments/nodes/assemble.ts';
import { jsonFile, readJson } from '../../experiments/outputs/files.ts';
import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import { DATA } from '../../src/lab/experiment.ts';
import { contextOf, resultOf } from './node.ts';

const TRAINING = {
  config: { model: 'mamba', n_layer: 1 },
  steps: 10,
  batch: 4,
  learningRate: 0.1,
  schedule: 'cosine',
  trainedPoints: 3,
} as const;
const parameters: AssembleParameters = {
  trainedPoints: 3,
  evaluation: {
    evaluations: { training: { task: 'decision-tree', depth: 2 } },
    d: 2,
    points: 5,
    k: [0, 4],
    queriedK: [0],
    prompts: 8,
    batch: 4,
    seed: 5,
    confidence: 0.9,
    bootstrapTrials: 3,
  },
  trainings: [
    { method: 'mamba-4d', seed: 1, ...TRAINING },
    { method: 'mamba-4d', seed: 2, ...TRAINING },
  ],
  baselines: ['averaging'],
};
const curve = (mean: number, prompts = 8) => ({
  k: [0, 4],
  mean: [mean, mean],
  firstBatch: [mean, mean],
  low: [0, 0],
  high: [9, 9],
  prompts,
});
const spread = { mean: 1, low: 0, high: 2, sd: 1 };
const probe = { k: 4, tasks: 2, fitted: 1, tested: 1, layers: [] };
const order = {
  k: 4,
  prompts: 2,
  permutations: 3,
  variance: spread,
  error: spread,
  errorOfMean: spread,
};

const trained = (seed: number) =>
  resultOf(jsonFile('training.json', { parameters: 7, loss: { step: [10], value: [seed] } }), {
    sha256: { 'weights.safetensors': String(seed).repeat(64) },
  });
const curves = (mean: number, prompts?: number) =>
  resultOf(jsonFile('curves.json', { training: curve(mean, prompts) }));

const inputs = {
  'train/mamba-4d-1': trained(1),
  'train/mamba-4d-2': trained(2),
  'evaluate/mamba-4d-1': curves(0.1),
  'evaluate/mamba-4d-2': curves(0.2),
  'evaluate/averaging': curves(0.9, 4),
  'probe/mamba-4d-2': resultOf(jsonFile('probes.json', [probe])),
  'order/mamba-4d-1': resultOf(jsonFile('order.json', [order])),
};

test('every curve, training, probe and permutation carries its own method and seed', async () => {
  const files = await assembleLearningCurves(contextOf(parameters, {}, inputs));
  const data = learningCurves.parse(readJson(resultOf(files), DATA));
  const named = data.curves.map(({ method, seed, evaluation, mean, prompts }) => [
    method,
    seed,
    evaluation,
    mean[0],
    prompts,
  ]);
  expect(named).toEqual([
    ['mamba-4d', 1, 'training', 0.1, 8],
    ['mamba-4d', 2, 'training', 0.2, 8],
    ['averaging', undefined, 'training', 0.9, 4],
  ]);
  expect(
    data.trainings.map(({ seed, loss, weightsSha256 }) => [seed, loss.value, weightsSha256[0]]),
  ).toEqual([
    [1, [1], '1'],
    [2, [2], '2'],
  ]);
  expect(data.probes).toEqual([{ method: 'mamba-4d', seed: 2, ...probe }]);
  expect(data.order).toEqual([{ method: 'mamba-4d', seed: 1, ...order }]);
  expect(data).toMatchObject({ d: 2, trainedPoints: 3, promptSeed: 5, points: 5 });
});
