import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../src/models/index.ts';
import { createModel } from '../../src/models/index.ts';
import type { ParameterValues } from '../../src/models/model.ts';
import { encode } from '../../src/numerics/safetensors.ts';
import type { TrainingState } from '../../src/training/checkpoint.ts';
import { decodeTraining, encodeTraining } from '../../src/training/checkpoint.ts';
import { regression } from '../../src/training/regression.ts';
import { cosine } from '../../src/training/schedule.ts';
import { train } from '../../src/training/train.ts';
import type { TrainingOptions } from '../../src/training/train.ts';
import { BACKENDS, openForSuite } from '../kernels/backends.ts';
import { PROMPTS, TINY, tinyHooks, tinyTraining } from './tiny.ts';

/** As it would be if its model drew in its forward pass: never replayed. */
const unreplayed = (options: TrainingOptions): TrainingOptions => ({
  ...options,
  objective: { ...options.objective, draws: true },
});

/** Prompts that grow once, and a rate that changes with every step. */
const growing = (config: ModelConfig): TrainingOptions => ({
  ...tinyTraining(config.model, 8),
  schedule: cosine,
  objective: regression(createModel(config), {
    ...PROMPTS,
    curriculum: {
      dims: { start: 1, end: 3, by: 1, every: 3 },
      points: { start: 3, end: 5, by: 2, every: 4 },
    },
  }),
});

const CONFIGS: [string, ModelConfig][] = [
  ['mamba', TINY.mamba],
  ['gpt2', TINY.gpt2],
  ['rwkv4', TINY.rwkv4],
  ['lstm', TINY.lstm],
  ['s4d with dropout', { ...TINY.s4d, dropout: 0.5 }],
  ['mamba with noise', { ...TINY.mamba, state_noise: 0.1 }],
];

const bytesOf = ({ adam }: TrainingState): Uint8Array => encode(adam.parameters);

describe.each(BACKENDS.filter((name) => name !== 'cpu'))(
  'a training in parts, on %s',
  (backend) => {
    openForSuite(backend);

    it.each(CONFIGS)(
      'of %s has the bytes of a plain one, and leaves nothing behind',
      async (_, config) => {
        const plain = await train(unreplayed(growing(config)), tinyHooks());
        const before = { ...tf.memory(), buffers: tf.backend().numDataIds() };
        const whole = await train(growing(config), tinyHooks());
        expect(whole.history).toEqual(plain.history);
        expect(bytesOf(whole)).toEqual(bytesOf(plain));
        expect(tf.memory().numTensors).toBe(before.numTensors);
        expect(tf.backend().numDataIds()).toBe(before.buffers);
      },
    );

    it('goes on from the end of a part to the same bytes', async () => {
      const whole = await train(growing(TINY.mamba), tinyHooks());
      const steps: number[] = [];
      const progress = ({ step }: { step: number }) => Promise.resolve(void steps.push(step));
      const part = await train({ ...growing(TINY.mamba), until: 6 }, tinyHooks({ progress }));
      expect({ step: part.step, last: steps.at(-1) }).toEqual({ step: 6, last: 6 });
      expect(bytesOf(part)).not.toEqual(bytesOf(whole));
      const kept = structuredClone(part);
      const rest = await train(
        growing(TINY.mamba),
        tinyHooks(),
        decodeTraining(encodeTraining(part)),
      );
      expect(rest.history).toEqual(whole.history);
      expect(bytesOf(rest)).toEqual(bytesOf(whole));
      expect(part).toEqual(kept);
    });

    it('resumes to the same bytes from where it was stopped', async () => {
      const whole = await train(growing(TINY.mamba), tinyHooks());
      const stop = new AbortController();
      let saved: Uint8Array | undefined;
      const checkpoint = {
        load: () => Promise.resolve(saved),
        save: (bytes: Uint8Array) => {
          saved = bytes;
          return Promise.resolve();
        },
      };
      const progress = ({ step }: { step: number }) => {
        if (step === 6) stop.abort();
        return Promise.resolve();
      };
      const hooks = tinyHooks({ checkpoint, progress, signal: stop.signal });
      await expect(train(growing(TINY.mamba), hooks)).rejects.toThrow(/abort/i);
      const resumed = await train(growing(TINY.mamba), tinyHooks({ checkpoint }));
      expect(resumed.history).toEqual(whole.history);
      expect(bytesOf(resumed)).toEqual(bytesOf(whole));
    });
  },
);

describe('a training', () => {
  openForSuite('cpu');

  it('takes the first steps at the rates of its warm-up', async () => {
    const options = tinyTraining('lstm', 6);
    const whole = await train({ ...options, warmup: 4, until: 1 }, tinyHooks());
    const slower = { ...options, learningRate: options.learningRate / 4, until: 1 };
    expect(bytesOf(whole)).toEqual(bytesOf(await train(slower, tinyHooks())));
    const warm = await train({ ...options, warmup: 4 }, tinyHooks());
    expect(bytesOf(warm)).not.toEqual(bytesOf(await train(options, tinyHooks())));
  });

  it('refuses a warm-up that leaves no step', async () => {
    await expect(train({ ...tinyTraining('lstm', 6), warmup: 6 }, tinyHooks())).rejects.toThrow(
      /a warm-up shorter than the 6 steps, got 6/,
    );
  });

  it('goes on from a checkpoint as it has been written since the first release', async () => {
    const { adam, ...rest } = await train({ ...tinyTraining('lstm', 8), until: 5 }, tinyHooks());
    expect(rest.lossSum).toBeGreaterThan(0);
    const tensors = Object.entries(adam).flatMap(([part, values]) =>
      Object.entries(values as ParameterValues).map(([name, value]) => [`${part}/${name}`, value]),
    );
    const line = Buffer.from(`${JSON.stringify(rest)}\n`);
    const saved = Buffer.concat([line, encode(Object.fromEntries(tensors) as ParameterValues)]);
    const load = () => Promise.resolve(new Uint8Array(saved));
    const checkpoint = { load, save: () => Promise.resolve() };
    const resumed = await train(tinyTraining('lstm', 8), tinyHooks({ checkpoint }));
    const whole = await train(tinyTraining('lstm', 8), tinyHooks());
    expect(resumed.history).toEqual(whole.history);
    expect(bytesOf(resumed)).toEqual(bytesOf(whole));
  });
});

describe.runIf(BACKENDS.includes('webgpu'))('a replayed training', () => {
  openForSuite('webgpu');

  it('refuses a model that draws in its forward pass', async () => {
    const options = growing({ ...TINY.mamba, state_noise: 0.1 });
    const objective = { ...options.objective, draws: false };
    await expect(train({ ...options, objective }, tinyHooks())).rejects.toThrow(/draws nothing/);
  });
});
