import { expect, test } from 'vitest';
import { modelCode, samplerCodes, trainingCode } from '../../experiments/graphs/code.ts';
import { evaluateModel, evaluationInPage } from '../../experiments/nodes/evaluate-model.ts';
import { trainModel, trainingInPage } from '../../experiments/nodes/train.ts';
import type { TrainParameters } from '../../experiments/nodes/train.ts';
import { compare } from '../../src/lab/portable/compare.ts';
import { createModel } from '../../src/models/index.ts';
import { openRuntime } from '../../src/runtime/node.ts';
import { contextOf, untrained } from './node.ts';

await openRuntime({ backend: 'cpu' });

const config = { model: 'gpt2', n_dims: 2, d_model: 4, n_layer: 1, n_head: 2 } as const;
const task = { task: 'linear-regression', inputs: 'skewed' } as const;

const EVALUATION = {
  evaluations: {
    training: task,
    repeated: { task: 'shifted', shift: { kind: 'repeated-query' } },
  } as const,
  d: 2,
  points: 6,
  k: [0, 2, 3, 5],
  queriedK: [0, 1, 2, 4],
  prompts: 9,
  batch: 3,
  seed: 5,
  confidence: 0.9,
  bootstrapTrials: 20,
  config,
};

const valuesOf = (uses: Record<string, { value: unknown }>) =>
  Object.fromEntries(Object.entries(uses).map(([name, { value }]) => [name, value])) as never;

function evaluate(parameters: typeof EVALUATION) {
  const uses = { build: modelCode(config), ...samplerCodes(EVALUATION.evaluations) };
  const { training } = untrained(createModel(config));
  return evaluateModel(contextOf(parameters, valuesOf(uses), { training }));
}

const { training } = EVALUATION.evaluations;
const [k, queriedK] = [
  [0, 2, 3],
  [0, 1, 2],
];

test.each([
  ['one of the evaluations', { evaluations: { training } }],
  ['the first batch', { prompts: 3 }],
  ['shorter contexts', { k, queriedK }],
  ['all of that at once', { evaluations: { training }, prompts: 3, k, queriedK }],
])('recorded curves tell of %s', async (_, change) => {
  const asked = { ...EVALUATION, ...change } as typeof EVALUATION;
  const outputs = await evaluate(EVALUATION);
  const told = evaluationInPage.recorded?.(asked, { parameters: EVALUATION, outputs });
  expect(compare(await evaluate(asked), told!, 0)).toEqual({ kind: 'same' });
  const share = evaluationInPage.work!(asked) / evaluationInPage.work!(EVALUATION);
  expect(share).toBeLessThanOrEqual(1);
});

test.each([
  ['other prompts', { seed: 6 }],
  ['more prompts than a batch and fewer than all', { prompts: 6 }],
  ['contexts between those measured', { k: [0, 1] }],
  ['an evaluation that was not measured', { evaluations: { other: task } }],
  [
    'another one under a known name',
    { evaluations: { training: { ...task, inputs: 'isotropic' } } },
  ],
])('they tell nothing of %s', async (_, change) => {
  const asked = { ...EVALUATION, ...change } as typeof EVALUATION;
  const outputs = await evaluate(EVALUATION);
  expect(evaluationInPage.recorded?.(asked, { parameters: EVALUATION, outputs })).toBeUndefined();
});

const TRAINING: TrainParameters = {
  config,
  task,
  steps: 9,
  batch: 3,
  learningRate: 1e-2,
  schedule: 'cosine',
  curriculum: {
    dims: { start: 1, end: 2, by: 1, every: 3 },
    points: { start: 2, end: 5, by: 1, every: 2 },
  },
  lossEvery: 2,
};

const train = (parameters: TrainParameters) =>
  trainModel(contextOf(parameters, valuesOf(trainingCode(TRAINING, task))));

test('recorded losses tell of a training that stops earlier', async () => {
  const outputs = await train(TRAINING);
  const told = (change: Partial<TrainParameters>) =>
    trainingInPage.recorded?.({ ...TRAINING, ...change }, { parameters: TRAINING, outputs });
  for (const until of [2, 5, 9]) {
    const here = await train({ ...TRAINING, until });
    expect(compare(here, told({ until })!, 0)).toEqual({ kind: 'same' });
  }
  expect(told({ until: 1 })).toBeUndefined();
  expect(told({ until: 10 })).toBeUndefined();
  expect(told({ until: 4, learningRate: 2e-2 })).toBeUndefined();
  expect(trainingInPage.work?.({ ...TRAINING, until: 3 })).toBe(3);
});
