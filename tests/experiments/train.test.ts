import { expect, test } from 'vitest';
import { replayTraining, trainModel } from '../../experiments/nodes/train.ts';
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

test('a replay computes the beginning and the last stretch again, and names the step that differs', async () => {
  const states: Uint8Array[] = [];
  const base = contextOf({ ...parameters, until: 8 }, uses);
  const aborted = new AbortController();
  // A signal that is up saves a checkpoint after the first step that it sees.
  const saving = {
    ...base,
    signal: aborted.signal,
    progress: ({ step }: { step: number }) => {
      if (step === 6) aborted.abort(new Error('stop'));
      return Promise.resolve();
    },
    checkpoint: {
      ...base.checkpoint,
      save: (bytes: Uint8Array) => Promise.resolve(void states.push(bytes)),
    },
  };
  await expect(trainModel(saving)).rejects.toThrow('stop');
  const whole = await trainModel(base);
  const agrees = await replayTraining(base, whole, states[0]);
  expect(agrees).toEqual({ steps: 2, of: 8, last: 2, relativeError: 0 });
  expect(await replayTraining(base, whole)).toEqual({ steps: 2, of: 8, relativeError: 0 });

  const schedule = (peak: number, step: number): number => (step < 6 ? peak : 2 * peak);
  const differs = await replayTraining({ ...base, uses: { ...uses, schedule } }, whole, states[0]);
  expect(differs.relativeError).toBeGreaterThan(1e-6);
  expect(differs.firstDifference).toBe(8);
});
