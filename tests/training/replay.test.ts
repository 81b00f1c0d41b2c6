import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { ModelName } from '../../src/models/index.ts';
import { createModel } from '../../src/models/index.ts';
import { encode } from '../../src/training/safetensors.ts';
import { trainReplayed } from '../../src/training/train-replayed.ts';
import { train } from '../../src/training/train.ts';
import type { TrainingOptions } from '../../src/training/train.ts';
import { BACKENDS, openForSuite } from '../kernels/backends.ts';
import { TINY, tinyHooks, tinyTraining } from './tiny.ts';

/** Prompts that grow once, and a rate that changes with every step. */
const growing = (name: ModelName): TrainingOptions => ({
  ...tinyTraining(name, 8),
  schedule: 'cosine',
  curriculum: {
    dims: { start: 1, end: 3, by: 1, every: 3 },
    points: { start: 3, end: 5, by: 2, every: 4 },
  },
});

describe.runIf(BACKENDS.includes('webgpu'))('a replayed training', () => {
  openForSuite('webgpu');

  it.each(['mamba', 'gpt2', 'rwkv4', 'lstm'] as const)(
    'of %s has the bytes of a plain one, and leaves nothing behind',
    async (name) => {
      const plain = await train(growing(name), tinyHooks());
      const before = { ...tf.memory(), buffers: tf.backend().numDataIds() };
      const replayed = await trainReplayed(growing(name), tinyHooks());
      expect(replayed.loss).toEqual(plain.loss);
      expect(encode(replayed.weights)).toEqual(encode(plain.weights));
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.backend().numDataIds()).toBe(before.buffers);
    },
  );

  it('resumes to the same bytes from where it was stopped', async () => {
    const whole = await trainReplayed(growing('mamba'), tinyHooks());
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
    await expect(trainReplayed(growing('mamba'), hooks)).rejects.toThrow(/abort/i);
    const resumed = await trainReplayed(growing('mamba'), tinyHooks({ checkpoint }));
    expect(resumed.loss).toEqual(whole.loss);
    expect(encode(resumed.weights)).toEqual(encode(whole.weights));
  });

  it('refuses a model that draws in its forward pass', async () => {
    const model = createModel({ ...TINY.mamba, state_noise: 0.1 });
    const training = { ...growing('mamba'), model };
    await expect(trainReplayed(training, tinyHooks())).rejects.toThrow(/draws nothing/);
  });
});
