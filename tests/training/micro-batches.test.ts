import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { traceMemory } from '../../src/kernels/wasm/module.ts';
import { createModel } from '../../src/models/index.ts';
import type { ModelName } from '../../src/models/index.ts';
import type { Parameters } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { Adam } from '../../src/training/adam.ts';
import {
  accumulatedGradients,
  gradientsWithinMemory,
  planMemory,
  promptsAtOnce,
} from '../../src/training/micro-batches.ts';
import { lossAndGradients } from '../../src/training/objective.ts';
import type { Objective } from '../../src/training/objective.ts';
import { peakOfStep } from '../../src/training/peak.ts';
import { regression } from '../../src/training/regression.ts';
import { train } from '../../src/training/train.ts';
import { BACKENDS, openForSuite } from '../kernels/backends.ts';
import { expectClose } from '../kernels/support.ts';
import { PROMPTS, TINY, tinyHooks, tinyTraining } from './tiny.ts';

const NAMES = Object.keys(TINY) as ModelName[];
const random = (): RandomStream => RandomStream.fromSeed(9);

function opened(name: ModelName, batch: number, points = 4) {
  const ramp = { start: points, end: points, by: 1, every: 1 };
  const curriculum = { ...PROMPTS.curriculum, points: ramp };
  const { init, feed, loss } = regression(createModel(TINY[name]), {
    ...PROMPTS,
    batch,
    curriculum,
  });
  const adam = new Adam({ parameters: init(RandomStream.fromSeed(3)) });
  return { loss, adam, feeds: feed(0, random()) };
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

const sumsOf = (parameters: Parameters): number =>
  Object.values(parameters).reduce((bytes, { size }) => bytes + 4 * size, 0);

describe('micro-batches', () => {
  openForSuite('wasm');

  it.each(NAMES.flatMap((name) => [1, 2, 3, 5].map((atOnce) => ({ name, atOnce }))))(
    '$name: the gradients of 7 prompts, $atOnce at once, add up to those of all',
    async ({ name, atOnce }) => {
      const { loss, adam, feeds } = opened(name, 7);
      const whole = await values(lossAndGradients(loss, adam.parameters, feeds, random()));
      const before = tf.memory().numTensors;
      const parts = accumulatedGradients(loss, adam.parameters, feeds, random(), atOnce);
      expect(Object.keys(parts.gradients)).toEqual(Object.keys(adam.parameters));
      expectClose(await values(parts), whole, 2e-5);
      expect(tf.memory().numTensors).toBe(before);
      adam.dispose();
    },
  );

  it('a batch that fits is done as ever, to the bit', async () => {
    const { loss, adam, feeds } = opened('mamba', 5);
    const ever = await values(lossAndGradients(loss, adam.parameters, feeds, random()));
    const now = await values(gradientsWithinMemory(loss, adam.parameters, feeds, random()));
    expect(now).toEqual(ever);
    adam.dispose();
  });

  it('a model that draws in its forward pass is not divided, as parts would draw otherwise', () => {
    const noisy = regression(createModel({ ...TINY.mamba, state_noise: 1 }), PROMPTS);
    const { adam, feeds } = opened('mamba', 4);
    expect(() => accumulatedGradients(noisy.loss, adam.parameters, feeds, random(), 3)).toThrow(
      /micro-batches: expected a model that draws nothing .* use a smaller batch/,
    );
    adam.dispose();
  });

  it('a training looks at its longest batch before it draws its first', async () => {
    const given = tinyTraining('gpt2', 3);
    const feed = vi.spyOn(given.objective, 'feed');
    await train(given, tinyHooks());
    expect(feed.mock.calls.map(([step]) => step)).toEqual([2, 0, 1, 2]);
  });
});

describe('the peak of a training step', () => {
  openForSuite('wasm');

  it.each(NAMES.flatMap((name) => [1, 6, 11].map((batch) => ({ name, batch }))))(
    '$name: is that of a step of $batch prompts',
    ({ name, batch }) => {
      const { loss, adam, feeds } = opened(name, batch, 9);
      const peak = peakOfStep(loss, adam.parameters, feeds);
      const measured = measuredPeak(() =>
        tf.dispose(lossAndGradients(loss, adam.parameters, feeds, random())),
      );
      expect(peak(batch)).toBeGreaterThanOrEqual(measured);
      // Blocks of these sizes are some tens of bytes, to which a header adds 16.
      expect(peak(batch) / measured).toBeLessThan(1.25);
      adam.dispose();
    },
  );

  it('leaves parameters and memory as they were', async () => {
    const { loss, adam, feeds } = opened('gpt2', 2, 5);
    const before = await adam.state();
    const { numTensors } = tf.memory();
    peakOfStep(loss, adam.parameters, feeds);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(await adam.state()).toEqual(before);
    adam.dispose();
  });

  it('decides how many prompts are done at once, and no more than hold', () => {
    const { loss, adam, feeds } = opened('mamba', 16, 9);
    const { parameters } = adam;
    const peak = peakOfStep(loss, parameters, feeds);
    const sums = sumsOf(parameters);
    const within = (most?: number) => promptsAtOnce(loss, parameters, feeds, most);
    expect(within()).toBe(16);
    expect(within(peak(16))).toBe(16);
    expect(within(peak(16) - 1)).toBeLessThan(16);
    expect(within(peak(5) + sums)).toBe(5);
    expect(within(peak(1) + sums)).toBe(1);
    expect(() => within(peak(1))).toThrow(
      /training: expected memory for one prompt of \[16 18 3\], \[16 9\], .* got .* MiB; train a smaller model/,
    );
    adam.dispose();
  });

  it('is found out once for each shape of what is fed', () => {
    const { loss, adam, feeds } = opened('mamba', 3);
    const counted = vi.fn<Objective['loss']>(loss);
    expect(planMemory(counted, adam.parameters, feeds)).toBe(3);
    expect(counted).toHaveBeenCalledTimes(2);
    planMemory(counted, adam.parameters, feeds);
    expect(counted).toHaveBeenCalledTimes(2);
    planMemory(counted, adam.parameters, opened('mamba', 3, 5).feeds);
    expect(counted).toHaveBeenCalledTimes(4);
    adam.dispose();
  });
});

describe.each(BACKENDS.filter((name) => name !== 'wasm'))('on %s', (backend) => {
  openForSuite(backend);

  it('nothing is tried, and a batch is done at once', () => {
    const { adam, feeds, loss } = opened('mamba', 3);
    const counted = vi.fn<Objective['loss']>(loss);
    expect(planMemory(counted, adam.parameters, feeds)).toBe(Infinity);
    expect(counted).not.toHaveBeenCalled();
    adam.dispose();
  });
});
