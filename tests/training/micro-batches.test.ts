import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { traceMemory } from '../../src/kernels/wasm/module.ts';
import { createModel } from '../../src/models/index.ts';
import type { ModelName } from '../../src/models/index.ts';
import type { Parameters } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { Adam } from '../../src/training/adam.ts';
import {
  accumulatedGradients,
  gradientsWithinMemory,
  itemsAtOnce,
} from '../../src/training/micro-batches.ts';
import { lossAndGradients } from '../../src/training/objective.ts';
import { peakOfStep } from '../../src/training/peak.ts';
import { regression } from '../../src/training/regression.ts';
import { openForSuite } from '../kernels/backends.ts';
import { expectClose } from '../kernels/support.ts';
import { PROMPTS, TINY } from './tiny.ts';

const NAMES = Object.keys(TINY) as ModelName[];
const random = (): RandomStream => RandomStream.fromSeed(9);

function opened(name: ModelName, batch: number, points = 4, longest = points) {
  const ramp = { start: points, end: longest, by: 1, every: 1 };
  const curriculum = { ...PROMPTS.curriculum, points: ramp };
  const objective = regression(createModel(TINY[name]), { ...PROMPTS, batch, curriculum });
  const adam = new Adam({ parameters: objective.init(RandomStream.fromSeed(3)) });
  return { objective, adam, feeds: objective.feed(0, RandomStream.fromSeed(5)) };
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
      const { objective, adam, feeds } = opened(name, 7);
      const whole = await values(
        lossAndGradients(objective.loss, adam.parameters, feeds, random()),
      );
      const before = tf.memory().numTensors;
      const parts = accumulatedGradients(objective, adam.parameters, feeds, random(), atOnce);
      expect(Object.keys(parts.gradients)).toEqual(Object.keys(adam.parameters));
      expectClose(await values(parts), whole, 2e-5);
      expect(tf.memory().numTensors).toBe(before);
      adam.dispose();
    },
  );

  it('a batch that fits is done as ever, to the bit', async () => {
    const { objective, adam, feeds } = opened('mamba', 5);
    const ever = await values(lossAndGradients(objective.loss, adam.parameters, feeds, random()));
    const now = await values(gradientsWithinMemory(objective, adam.parameters, feeds, random()));
    expect(now).toEqual(ever);
    adam.dispose();
  });

  it('a model that draws in its forward pass is not divided, as parts would draw otherwise', () => {
    const noisy = regression(createModel({ ...TINY.mamba, state_noise: 1 }), PROMPTS);
    const { adam, feeds } = opened('mamba', 4);
    expect(() => accumulatedGradients(noisy, adam.parameters, feeds, random(), 3)).toThrow(
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
      const { objective, adam, feeds } = opened(name, batch, 9);
      const peak = peakOfStep(objective, adam.parameters);
      const measured = measuredPeak(() =>
        tf.dispose(lossAndGradients(objective.loss, adam.parameters, feeds, random())),
      );
      expect(peak(batch)).toBeGreaterThanOrEqual(measured);
      // Blocks of these sizes are some tens of bytes, to which a header adds 16.
      expect(peak(batch) / measured).toBeLessThan(1.25);
      adam.dispose();
    },
  );

  it('leaves parameters and memory as they were', async () => {
    const { objective, adam } = opened('gpt2', 2, 5);
    const before = await adam.state();
    const { numTensors } = tf.memory();
    peakOfStep(objective, adam.parameters);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(await adam.state()).toEqual(before);
    adam.dispose();
  });

  it('decides how many prompts are done at once, and no more than hold', () => {
    const { objective, adam } = opened('mamba', 16, 9);
    const { parameters } = adam;
    const peak = peakOfStep(objective, parameters);
    const sums = Object.values(parameters).reduce((bytes, { size }) => bytes + 4 * size, 0);
    expect(itemsAtOnce(objective, parameters)).toBe(16);
    expect(itemsAtOnce(objective, parameters, peak(16))).toBe(16);
    expect(itemsAtOnce(objective, parameters, peak(16) - 1)).toBeLessThan(16);
    expect(itemsAtOnce(objective, parameters, peak(5) + sums)).toBe(5);
    expect(itemsAtOnce(objective, parameters, peak(1) + sums)).toBe(1);
    expect(() => itemsAtOnce(objective, parameters, peak(1))).toThrow(
      /training: expected memory for feeds of \[1 18 3\] and \[1 9\], .* got .* MiB; train a smaller model/,
    );
    adam.dispose();
  });

  it('is that of the longest prompts of the curriculum', () => {
    const { objective, adam } = opened('mamba', 8, 4);
    const longer = opened('mamba', 8, 4, 40);
    const sums = Object.values(adam.parameters).reduce((bytes, { size }) => bytes + 4 * size, 0);
    const most = sums + peakOfStep(longer.objective, adam.parameters)(4);
    expect(itemsAtOnce(objective, adam.parameters, most)).toBe(8);
    expect(itemsAtOnce(longer.objective, adam.parameters, most)).toBe(4);
    longer.adam.dispose();
    adam.dispose();
  });
});
