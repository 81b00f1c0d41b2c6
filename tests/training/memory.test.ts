import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { train } from '../../src/training/train.ts';
import type { ModelName } from '../../src/models/index.ts';
import { BACKENDS, openForSuite } from '../kernels/backends.ts';
import { TINY, tinyHooks, tinyTraining } from './tiny.ts';

const inUse = () => {
  const { numTensors, numBytes } = tf.memory();
  return { numTensors, numBytes, buffers: tf.backend().numDataIds() };
};

async function usageAfter(name: ModelName, steps: readonly number[]) {
  const seen = new Map<number, ReturnType<typeof inUse>>();
  const progress = ({ step }: { step: number }) => {
    if (steps.includes(step)) seen.set(step, inUse());
    return Promise.resolve();
  };
  await train(tinyTraining(name, Math.max(...steps)), tinyHooks({ progress }));
  return steps.map((step) => seen.get(step));
}

// A software GPU needs seconds a step: one model there, and fewer steps.
const CASES = [
  { backend: 'wasm', models: Object.keys(TINY) as ModelName[], last: 100 },
  { backend: 'webgpu', models: ['mamba'] as ModelName[], last: 20 },
] as const;

describe.each(CASES.filter(({ backend }) => BACKENDS.includes(backend)))(
  'on $backend',
  ({ backend, models, last }) => {
    openForSuite(backend);

    it.each(models)(`%s holds after ${last} steps what it held after 10`, async (name) => {
      const before = inUse();
      const [early, late] = await usageAfter(name, [10, last]);
      expect(early!.numTensors).toBeGreaterThan(before.numTensors);
      expect(late).toEqual(early);
      expect(inUse()).toEqual(before);
    });
  },
);
