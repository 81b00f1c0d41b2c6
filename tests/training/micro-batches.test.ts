import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { traceMemory } from '../../src/kernels/wasm/module.ts';
import { createModel } from '../../src/models/index.ts';
import type { ModelName } from '../../src/models/index.ts';
import type { Parameters } from '../../src/models/model.ts';
import { Adam } from '../../src/training/adam.ts';
import { lossAndGradients } from '../../src/training/loss.ts';
import {
  accumulatedGradients,
  gradientsWithinMemory,
  promptsAtOnce,
} from '../../src/training/micro-batches.ts';
import { peakOfStep } from '../../src/training/peak.ts';
import { RandomStream } from '../../src/training/random.ts';
import { promptsOf } from '../../src/training/train.ts';
import { openForSuite } from '../kernels/backends.ts';
import { expectClose } from '../kernels/support.ts';
import { TINY, tinyTraining } from './tiny.ts';

const NAMES = Object.keys(TINY) as ModelName[];
const random = (): RandomStream => RandomStream.fromSeed(9);

function opened(name: ModelName, batch: number, points = 4) {
  const ramp = { start: points, end: points, by: 1, every: 1 };
  const given = tinyTraining(name, 1);
  const training = { ...given, batch, curriculum: { ...given.curriculum, points: ramp } };
  const adam = new Adam({ parameters: training.model.init(RandomStream.fromSeed(3)) });
  return { training, adam, prompts: promptsOf(training, 0) };
}

/** Values of a loss and its gradients, which are disposed of. */
async function values({ loss, gradients }: { loss: tf.Tensor; gradients: Parameters }) {
  const read = Object.entries({ loss, ...gradients }).map(
    async ([name, tensor]) => [name, Float32Array.from(await tensor.data())] as const,
  );
  const all = Object.fromEntries(await Promise.all(read));
  tf.dispose([loss, gradients]);
  return all;
}

/** What is held at most while `run` runs, by adding up its allocations. */
function measuredPeak(run: () => void): number {
  const before = tf.memory().numBytes;
  let [held, peak, scratch] = [0, 0, 0];
  for (const { kind, bytes } of traceMemory(run)) {
    if (kind === 'scratch') scratch = Math.max(scratch, bytes);
    else held += kind === 'take' ? bytes : -bytes;
    peak = Math.max(peak, held);
  }
  return before + peak + scratch;
}

describe('micro-batches', () => {
  openForSuite('wasm');

  it.each(NAMES.flatMap((name) => [1, 2, 3, 5].map((atOnce) => ({ name, atOnce }))))(
    '$name: the gradients of 7 prompts, $atOnce at once, add up to those of all',
    async ({ name, atOnce }) => {
      const { training, adam, prompts } = opened(name, 7);
      const { model } = training;
      const whole = await values(lossAndGradients(model, adam.parameters, prompts, random()));
      const before = tf.memory().numTensors;
      const parts = accumulatedGradients(model, adam.parameters, prompts, random(), atOnce);
      expect(Object.keys(parts.gradients)).toEqual(Object.keys(adam.parameters));
      expectClose(await values(parts), whole, 2e-5);
      expect(tf.memory().numTensors).toBe(before);
      adam.dispose();
    },
  );

  it('a batch that fits is done as ever, to the bit', async () => {
    const { training, adam, prompts } = opened('mamba', 5);
    const { model } = training;
    const ever = await values(lossAndGradients(model, adam.parameters, prompts, random()));
    const now = await values(gradientsWithinMemory(training, adam.parameters, prompts, random()));
    expect(now).toEqual(ever);
    adam.dispose();
  });

  it('a model that draws in its forward pass is not divided, as parts would draw otherwise', () => {
    const noisy = createModel({ ...TINY.mamba, state_noise: 1 });
    const { adam, prompts } = opened('mamba', 4);
    expect(() => accumulatedGradients(noisy, adam.parameters, prompts, random(), 3)).toThrow(
      /micro-batches: expected a model that draws nothing .* use a smaller batch/,
    );
    adam.dispose();
  });
});

describe('the peak of a training step', () => {
  openForSuite('wasm');

  it.each(NAMES.flatMap((name) => [1, 6, 11].map((batch) => ({ name, batch }))))(
    '$name: is that of a step of $batch prompts',
    ({ name, batch }) => {
      const { training, adam, prompts } = opened(name, batch, 9);
      const peak = peakOfStep(training.model, adam.parameters, { points: 9, d: training.d });
      const measured = measuredPeak(() =>
        tf.dispose(lossAndGradients(training.model, adam.parameters, prompts, random())),
      );
      expect(peak(batch)).toBeGreaterThanOrEqual(measured);
      // Blocks of these sizes are some tens of bytes, to which a header adds 16.
      expect(peak(batch) / measured).toBeLessThan(1.25);
      adam.dispose();
    },
  );

  it('leaves parameters and memory as they were', async () => {
    const { training, adam } = opened('gpt2', 2);
    const before = await adam.state();
    const { numTensors } = tf.memory();
    peakOfStep(training.model, adam.parameters, { points: 5, d: training.d });
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(await adam.state()).toEqual(before);
    adam.dispose();
  });

  it('decides how many prompts are done at once, and no more than hold', () => {
    const { training, adam } = opened('mamba', 16, 9);
    const { parameters } = adam;
    const peak = peakOfStep(training.model, parameters, { points: 9, d: training.d });
    const sums = Object.values(parameters).reduce((bytes, { size }) => bytes + 4 * size, 0);
    expect(promptsAtOnce(training, parameters)).toBe(16);
    expect(promptsAtOnce(training, parameters, peak(16))).toBe(16);
    expect(promptsAtOnce(training, parameters, peak(16) - 1)).toBeLessThan(16);
    expect(promptsAtOnce(training, parameters, peak(5) + sums)).toBe(5);
    expect(promptsAtOnce(training, parameters, peak(1) + sums)).toBe(1);
    expect(() => promptsAtOnce(training, parameters, peak(1))).toThrow(
      /training: expected memory for one prompt of 9 points, .* got .* MiB; train a smaller model/,
    );
    adam.dispose();
  });

  it('is that of the longest prompts of the curriculum', () => {
    const { training, adam } = opened('mamba', 8, 4);
    const points = { start: 4, end: 40, by: 1, every: 1 };
    const longer = { ...training, curriculum: { ...training.curriculum, points } };
    const sums = Object.values(adam.parameters).reduce((bytes, { size }) => bytes + 4 * size, 0);
    const most = sums + peakOfStep(training.model, adam.parameters, { points: 40, d: 3 })(4);
    expect(promptsAtOnce(training, adam.parameters, most)).toBe(8);
    expect(promptsAtOnce(longer, adam.parameters, most)).toBe(4);
    adam.dispose();
  });
});
