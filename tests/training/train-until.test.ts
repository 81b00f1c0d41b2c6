import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../src/models/index.ts';
import { createModel } from '../../src/models/index.ts';
import type { TrainingState } from '../../src/training/checkpoint.ts';
import { decodeTraining, encodeTraining } from '../../src/training/checkpoint.ts';
import { encode } from '../../src/training/safetensors.ts';
import { drawsInForward, trainUntil } from '../../src/training/train-until.ts';
import type { PartOptions } from '../../src/training/train-until.ts';
import { train } from '../../src/training/train.ts';
import { BACKENDS, openForSuite } from '../kernels/backends.ts';
import { TINY, tinyHooks, tinyTraining } from './tiny.ts';

/** Prompts that grow once, and a rate that changes with every step. */
const growing = (config: ModelConfig): PartOptions => ({
  ...tinyTraining(config.model, 8),
  model: createModel(config),
  draws: drawsInForward(config),
  schedule: 'cosine',
  curriculum: {
    dims: { start: 1, end: 3, by: 1, every: 3 },
    points: { start: 3, end: 5, by: 2, every: 4 },
  },
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
        const plain = await train(growing(config), tinyHooks());
        const before = { ...tf.memory(), buffers: tf.backend().numDataIds() };
        const whole = await trainUntil(growing(config), tinyHooks());
        expect(whole.history).toEqual(plain.loss);
        expect(bytesOf(whole)).toEqual(encode(plain.weights));
        expect(tf.memory().numTensors).toBe(before.numTensors);
        expect(tf.backend().numDataIds()).toBe(before.buffers);
      },
    );

    it('goes on from the end of a part to the same bytes', async () => {
      const whole = await trainUntil(growing(TINY.mamba), tinyHooks());
      const steps: number[] = [];
      const progress = ({ step }: { step: number }) => Promise.resolve(void steps.push(step));
      const part = await trainUntil({ ...growing(TINY.mamba), until: 6 }, tinyHooks({ progress }));
      expect({ step: part.step, last: steps.at(-1) }).toEqual({ step: 6, last: 6 });
      expect(bytesOf(part)).not.toEqual(bytesOf(whole));
      const kept = structuredClone(part);
      const rest = await trainUntil(
        growing(TINY.mamba),
        tinyHooks(),
        decodeTraining(encodeTraining(part)),
      );
      expect(rest.history).toEqual(whole.history);
      expect(bytesOf(rest)).toEqual(bytesOf(whole));
      expect(part).toEqual(kept);
    });

    it('resumes to the same bytes from where it was stopped', async () => {
      const whole = await trainUntil(growing(TINY.mamba), tinyHooks());
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
      await expect(trainUntil(growing(TINY.mamba), hooks)).rejects.toThrow(/abort/i);
      const resumed = await trainUntil(growing(TINY.mamba), tinyHooks({ checkpoint }));
      expect(resumed.history).toEqual(whole.history);
      expect(bytesOf(resumed)).toEqual(bytesOf(whole));
    });
  },
);

describe.runIf(BACKENDS.includes('webgpu'))('a replayed training', () => {
  openForSuite('webgpu');

  it('refuses a model that draws in its forward pass', async () => {
    const options = growing({ ...TINY.mamba, state_noise: 0.1 });
    await expect(trainUntil({ ...options, draws: false }, tinyHooks())).rejects.toThrow(
      /draws nothing/,
    );
  });
});
