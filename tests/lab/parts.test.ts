import { existsSync, readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { BackendName } from '../../src/runtime/runtime.ts';
import { BACKENDS } from '../kernels/backends.ts';
import { Repository } from './repository.ts';
import type { Finished } from './repository.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/** Mamba and the Transformer at `paper` as far as nodes go, in seconds: eight steps, of which `parts` are taken. */
const experiment = (parts: string): string => `
import { functionClass } from '${PROJECT}/experiments/graphs/function-class.ts';
import { modelRun, scaleOf } from '${PROJECT}/experiments/settings/scale.ts';
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

const trainingsOf = (repository: Repository): LearningCurves['trainings'] =>
  (JSON.parse(repository.read('public/artifacts/tiny.paper.json')) as { data: LearningCurves }).data
    .trainings;

const lab = (repository: Repository, parts: string, backend: BackendName): Promise<Finished> => {
  repository.write('experiments/tiny.ts', experiment(parts));
  return repository.lab(['run', 'tiny', '--preset', 'paper', '--backend', backend]);
};

async function run(
  repository: Repository,
  parts: string,
  backend: BackendName = 'wasm',
): Promise<string> {
  const { code, output } = await lab(repository, parts, backend);
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  return output;
}

describe('a training of the published configuration', () => {
  it.each(BACKENDS.filter((name) => name !== 'cpu'))(
    'stops where it is told, says so, and goes on from there, on %s',
    async (backend) => {
      const whole = new Repository();
      await run(whole, '{}', backend);
      const parted = new Repository();
      expect(await run(parted, '{ parts: [4] }', backend)).toContain('5 to run');
      for (const { steps, until, loss, weights, weightsSha256 } of trainingsOf(parted)) {
        expect({ steps, until, recorded: loss.step, weights }).toEqual({
          steps: 8,
          until: 4,
          recorded: [2, 4],
          weights: undefined,
        });
        expect(weightsSha256).toMatch(/^[0-9a-f]{64}$/);
      }
      expect(await run(parted, '{ parts: [4, 8] }', backend)).toContain('2 nodes fresh, 5 to run');
      expect(trainingsOf(parted)).toEqual(trainingsOf(whole));
      expect(trainingsOf(whole).map(({ until }) => until)).toEqual([undefined, undefined]);
    },
  );

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

  it('comes home without its weights, and is fresh there', async () => {
    const [there, here] = [new Repository(), new Repository()];
    await run(there, '{ parts: [2] }');
    const large = trainingsOf(there).map(({ weightsSha256 }) => weightsSha256);
    for (const hash of large)
      rmSync(there.path(`.lab/objects/${hash.slice(0, 2)}/${hash.slice(2)}`));
    here.write('experiments/tiny.ts', there.read('experiments/tiny.ts'));
    const { output } = await here.lab(['import', there.root]);
    expect(output).toContain('5 imported, 0 already here, 0 refused');
    expect(await run(here, '{ parts: [2] }')).toContain('5 nodes fresh, nothing to run');
    expect(trainingsOf(here)).toEqual(trainingsOf(there));
  });

  it.each(['[]', '[3]', '[4, 4]', '[6, 4]', '[10]'])('cannot have parts %s', async (parts) => {
    const { code, output } = await lab(new Repository(), `{ parts: ${parts} }`, 'wasm');
    expect(code).toBe(1);
    expect(output).toMatch(
      /tiny\.paper mamba: expected parts .*multiples of 2 steps.*correct its parts/s,
    );
  });
});
