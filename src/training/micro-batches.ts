import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters } from '../models/model.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { HostTensor } from '../numerics/safetensors.ts';
import { drawsNothing } from './draws-nothing.ts';
import { lossAndGradients } from './objective.ts';
import type { StepObjective } from './objective.ts';
import { LARGEST_PEAK, peakOfStep } from './peak.ts';

type Gradients = ReturnType<typeof lossAndGradients>;

/** Items at once, by training. */
const planned = new WeakMap<StepObjective, number>();

/**
 * As `lossAndGradients`. On `wasm`, whose memory ends at 4 GiB, a batch whose largest step of the training would
 * not fit is done in parts, the gradients of which add up to that of the whole.
 * @param objective the same object at every step: what it needs is found out at the first
 * @throws Error before the first step, where not even one item fits
 */
export function gradientsWithinMemory(
  objective: StepObjective,
  parameters: Parameters,
  feeds: readonly HostTensor[],
  random: RandomStream,
): Gradients {
  const { loss } = objective;
  if (tf.getBackend() !== 'wasm') return lossAndGradients(loss, parameters, feeds, random);
  const atOnce = planned.get(objective) ?? itemsAtOnce(objective, parameters);
  planned.set(objective, atOnce);
  return accumulatedGradients(objective, parameters, feeds, random, atOnce);
}

/**
 * How many items of a training's largest shapes fit into the memory of `wasm`, up to its batch.
 * @param most bytes that may be held at once
 */
export function itemsAtOnce(
  objective: StepObjective,
  parameters: Parameters,
  most = LARGEST_PEAK,
): number {
  const { batch, largest } = objective;
  const peak = peakOfStep(objective, parameters);
  if (peak(batch) <= most) return batch;
  const sums = Object.values(parameters).reduce((bytes, { size }) => bytes + 4 * size, 0);
  for (let atOnce = batch - 1; atOnce > 0; atOnce--) {
    if (peak(atOnce) + sums <= most) return atOnce;
  }
  const shapes = largest(1).map(({ shape }) => `[${shape.join(' ')}]`);
  throw new Error(
    `training: expected memory for feeds of ${shapes.join(' and ')}, of which a step needs ` +
      `${mebibytes(peak(1) + sums)} MiB, got ${mebibytes(most)} MiB; train a smaller model or shorter prompts, or use another backend`,
  );
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toPrecision(3);

/**
 * As `lossAndGradients`, at most `atOnce` items at a time. Both are means over items, so each part counts by its
 * items.
 */
export function accumulatedGradients(
  { loss: lossOf }: Pick<StepObjective, 'loss'>,
  parameters: Parameters,
  feeds: readonly HostTensor[],
  random: RandomStream,
  atOnce: number,
): Gradients {
  const batch = feeds[0]!.shape[0]!;
  if (batch <= atOnce) return lossAndGradients(lossOf, parameters, feeds, random);
  const sums: Parameters = {};
  for (const [from, to] of partsOf(batch, atOnce)) {
    const part = feeds.map((feed) => slice(feed, from, to));
    const { loss, gradients } = lossAndGradients(lossOf, parameters, part, UNDIVIDED);
    for (const [name, value] of Object.entries({ ...gradients, [LOSS]: loss }))
      addTo(sums, name, value, (to - from) / batch);
  }
  const { [LOSS]: loss, ...gradients } = sums;
  return { loss: loss!, gradients };
}

/** The loss among the gradients; no parameter's name. */
const LOSS = '';

/** sums[name] += share · value, which is disposed of. */
function addTo(sums: Parameters, name: string, value: Tensor, share: number): void {
  const before = sums[name];
  sums[name] = tf.tidy(() => {
    const scaled = tf.mul(value, share);
    return before ? tf.add(before, scaled) : scaled;
  });
  tf.dispose(before ? [value, before] : value);
}

/** What a forward pass draws for a part of a batch is not what it draws for all of it. */
const UNDIVIDED = drawsNothing('micro-batches', 'use a smaller batch, or another backend');

/** Ranges of a batch: as few as possible, as even as possible. */
function partsOf(batch: number, atOnce: number): [number, number][] {
  const count = Math.ceil(batch / atOnce);
  const end = (i: number): number => Math.floor((i * batch) / count);
  return Array.from({ length: count }, (_, i) => [end(i), end(i + 1)]);
}

/** Items of a feed, without copying. */
function slice({ shape, values }: HostTensor, from: number, to: number): HostTensor {
  const size = values.length / shape[0]!;
  return { shape: [to - from, ...shape.slice(1)], values: values.subarray(from * size, to * size) };
}
