import { beforeAll, expect, test } from 'vitest';
import type { TrainEvent, TrainRequest } from '../../src/demos/protocol.ts';
import type { Surroundings } from '../../src/demos/surroundings.ts';
import { runTraining } from '../../src/demos/train.ts';
import { createModel } from '../../src/models/index.ts';
import { openRuntime } from '../../src/runtime/node.ts';
import { SAMPLERS } from '../../src/tasks/index.ts';
import type { LossHistory } from '../../src/training/checkpoint.ts';
import { regression } from '../../src/training/regression.ts';
import { cosine } from '../../src/training/schedule.ts';
import { train } from '../../src/training/train.ts';
import { exampleData } from '../components/example-data.ts';

const CONFIG = { model: 'gpt2', n_dims: 2, d_model: 4, n_layer: 1, n_head: 2 } as const;
const RUN = {
  steps: 9,
  batch: 3,
  learningRate: 1e-2,
  schedule: 'cosine',
  curriculum: {
    dims: { start: 1, end: 2, by: 1, every: 3 },
    points: { start: 2, end: 5, by: 1, every: 2 },
  },
} as const;
const TASK = { task: 'linear-regression', inputs: 'skewed' } as const;
const PARAMETERS = { task: TASK, lossEvery: 2, models: { gpt2: { config: CONFIG, ...RUN } } };
const REQUEST: TrainRequest = {
  artifactUrl: 'http://site/artifacts/example.smoke.json',
  method: 'gpt2',
  seed: 1,
  steps: 4,
};

let published: LossHistory;

beforeAll(async () => {
  await openRuntime({ backend: 'cpu' });
  const result = await train(
    {
      steps: RUN.steps,
      learningRate: RUN.learningRate,
      schedule: cosine,
      objective: regression(createModel(CONFIG), {
        sample: (shape, random) => SAMPLERS[TASK.task](shape, random, TASK),
        d: 2,
        batch: RUN.batch,
        curriculum: RUN.curriculum,
      }),
      seed: 1,
      lossEvery: 2,
    },
    {
      signal: new AbortController().signal,
      progress: async () => {},
      checkpoint: { load: async () => undefined, save: async () => {} },
    },
  );
  published = result.history;
});

const artifact = (parameters: unknown) => {
  const [training] = exampleData.trainings.filter(({ method }) => method === 'gpt2');
  return {
    schema: 1,
    id: 'example',
    preset: 'smoke',
    data: { ...exampleData, d: 2, trainings: [{ ...training, config: CONFIG, loss: published }] },
    provenance: {
      key: 'c'.repeat(64),
      commit: 'c0ffee',
      dirty: false,
      command: 'none',
      parameters,
      seeds: [1],
      inputs: {},
      runtime: { backend: 'cpu', adapter: 'plain JavaScript', software: false, packages: {} },
      startedAt: '2026-11-24T00:00:00.000Z',
      seconds: 1,
    },
  };
};

async function run(request: TrainRequest, parameters: unknown = PARAMETERS) {
  const events: TrainEvent[] = [];
  const around: Surroundings = {
    openRuntime: (backend) => openRuntime({ backend: backend ?? 'cpu' }),
    fetch: async () => Response.json(artifact(parameters)),
  };
  await runTraining(request, around, (event) => events.push(event));
  const steps = events.filter((event) => event.type === 'step');
  return { events, steps, losses: steps.flatMap(({ loss }) => loss ?? []) };
}

test('a training that is stopped early follows the whole one, loss by loss', async () => {
  const { events, steps, losses } = await run(REQUEST);
  expect(steps.at(-1)).toMatchObject({ step: 4, until: 4 });
  expect(losses).toHaveLength(2);
  expect(losses.map(({ here }) => here)).toEqual(published.value.slice(0, 2));
  expect(losses.map(({ there }) => there)).toEqual(published.value.slice(0, 2));
  expect(events.at(-1)?.type).toBe('trained');
});

test('a whole training ends where the published one does', async () => {
  const { losses } = await run({ ...REQUEST, steps: Infinity });
  expect(losses.map(({ here }) => here)).toEqual(published.value);
});

test('another seed, or an artifact that does not say how it was trained, fails in words', async () => {
  await expect(run({ ...REQUEST, seed: 7 })).rejects.toThrow(/no training of gpt2 with seed 7/);
  await expect(run(REQUEST, { ...PARAMETERS, models: {} })).rejects.toThrow(
    /does not say how gpt2 was trained/,
  );
});
