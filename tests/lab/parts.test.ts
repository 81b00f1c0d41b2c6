import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import { Repository } from './repository.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/** Mamba and the Transformer at `paper` as far as nodes go, in seconds: eight steps, of which `parts` are taken. */
const experiment = (parts: string): string => `
import { functionClass } from '${PROJECT}/experiments/nodes/function-class.ts';
import { modelRun, scaleOf } from '${PROJECT}/experiments/nodes/scale.ts';
const scale = { ...scaleOf('smoke'), steps: () => 8, prompts: 16, batch: 8, lossEvery: 2 };
const task = { task: 'linear-regression', inputs: 'isotropic' };
export const experiment = functionClass('tiny', 'Tiny', {
  paper: {
    d: scale.d, seeds: [1], lossEvery: 2, task, baselines: {},
    models: {
      mamba: modelRun(scale, 'mamba', 2, ${parts}),
      gpt2: modelRun(scale, 'gpt2', 2, ${parts}),
    },
    evaluation: { points: 7, k: [0, 3, 6], queriedK: [0], prompts: 16, batch: 8, seed: 9 },
  },
});
`;
const RUN = ['run', 'tiny', '--preset', 'paper', '--backend', 'wasm'];

const trainingsOf = (repository: Repository): LearningCurves['trainings'] =>
  (JSON.parse(repository.read('public/artifacts/tiny.paper.json')) as { data: LearningCurves }).data
    .trainings;

async function run(repository: Repository, parts: string): Promise<string> {
  repository.write('experiments/tiny.ts', experiment(parts));
  const { code, output } = await repository.lab(RUN);
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  return output;
}

describe('a training of the published configuration', () => {
  it('stops where it is told, says so, and goes on from there', async () => {
    const whole = new Repository();
    await run(whole, '{}');
    const parted = new Repository();
    expect(await run(parted, '{ parts: [4] }')).toContain('5 to run');
    for (const { steps, until, loss, weights, weightsSha256 } of trainingsOf(parted)) {
      expect({ steps, until, recorded: loss.step, weights }).toEqual({
        steps: 8,
        until: 4,
        recorded: [2, 4],
        weights: undefined,
      });
      expect(weightsSha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(await run(parted, '{ parts: [4, 8] }')).toContain('2 nodes fresh, 5 to run');
    expect(trainingsOf(parted)).toEqual(trainingsOf(whole));
    expect(trainingsOf(whole).map(({ until }) => until)).toEqual([undefined, undefined]);
  });

  it('keeps its weights in the store', async () => {
    const repository = new Repository();
    await run(repository, '{ parts: [2] }');
    const published = readdirSync(repository.path('public/weights/tiny.paper'));
    expect(published.filter((name) => !name.endsWith('.json'))).toEqual([]);
    const [training] = trainingsOf(repository);
    const hash = training!.weightsSha256;
    const object = `.lab/objects/${hash.slice(0, 2)}/${hash.slice(2)}`;
    expect(existsSync(repository.path(object))).toBe(true);
    const { code, output } = await repository.lab(['verify', 'tiny', '--preset', 'paper']);
    expect(code).toBe(1);
    expect(output).toMatch(/expected committed weights of mamba-1, got none/);
  });

  it.each(['[]', '[3]', '[4, 4]', '[6, 4]', '[10]'])('cannot have parts %s', async (parts) => {
    const repository = new Repository();
    repository.write('experiments/tiny.ts', experiment(`{ parts: ${parts} }`));
    const { code, output } = await repository.lab(RUN);
    expect(code).toBe(1);
    expect(output).toMatch(/tiny mamba: expected parts .*multiples of 2 steps.*correct its parts/s);
  });
});
