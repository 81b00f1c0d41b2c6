import { expect, test } from 'vitest';
import { trainModel } from '../../experiments/nodes/train.ts';
import type { TrainParameters } from '../../experiments/nodes/train.ts';
import { createModel } from '../../src/models/index.ts';
import type { Sampler } from '../../src/tasks/index.ts';
import { sampleLinearRegression } from '../../src/tasks/linear-regression.ts';
import { openForSuite } from '../kernels/backends.ts';
import { PROMPTS, TINY, tinyTraining } from '../training/tiny.ts';
import { contextOf, resultOf } from './node.ts';

openForSuite('cpu');

const { steps, learningRate, lossEvery, schedule } = tinyTraining('lstm', 8);
const { batch, curriculum } = PROMPTS;
const parameters: TrainParameters = {
  config: TINY.lstm,
  task: { task: 'linear-regression', inputs: 'isotropic' },
  steps,
  batch,
  learningRate,
  schedule: 'constant',
  curriculum,
  lossEvery,
  until: 4,
};
const uses = { build: createModel, sample: sampleLinearRegression as Sampler, schedule };

test('a part takes the steps after those of the part before it, and no others', async () => {
  const part = await trainModel(contextOf(parameters, uses));
  expect(Object.keys(part)).toEqual(['weights.safetensors', 'training.json', 'state.bin']);
  const taken: number[] = [];
  const rest = await trainModel({
    ...contextOf({ ...parameters, until: 8 }, uses, { before: resultOf(part) }),
    progress: ({ step }) => Promise.resolve(void taken.push(step)),
  });
  expect(taken).toEqual([5, 6, 8]);
  const whole = await trainModel(contextOf({ ...parameters, until: 8 }, uses));
  expect(Object.keys(rest)).toEqual(['weights.safetensors', 'training.json']);
  expect(rest).toEqual(whole);
});
