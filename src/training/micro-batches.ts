import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters, SequenceModel } from '../models/model.ts';
import type { Prompts } from '../tasks/prompts.ts';
import { drawsNothing } from './draws-nothing.ts';
import { lossAndGradients } from './loss.ts';
import { LARGEST_PEAK, peakOfStep } from './peak.ts';
import type { RandomStream } from './random.ts';
import type { Ramp } from './schedule.ts';

/** What of a training decides how much memory its largest step needs. */
interface Demand {
  model: SequenceModel;
  d: number;
  batch: number;
  curriculum: { points: Ramp };
}

/** Prompts at once, by training. */
const planned = new WeakMap<Demand, number>();

/**
 * As `lossAndGradients`. On `wasm`, whose memory ends at 4 GiB, a batch whose largest step of the training would
 * not fit is done in parts, the gradients of which add up to that of the whole.
 * @param training the same object at every step: what it needs is found out at the first
 * @throws Error before the first step, where not even one prompt fits
 */
export function gradientsWithinMemory(
  training: Demand,
  parameters: Parameters,
  prompts: Prompts,
  random: RandomStream,
): { loss: Tensor; gradients: Parameters } {
  if (tf.getBackend() !== 'wasm')
    return lossAndGradients(training.model, parameters, prompts, random);
  let atOnce = planned.get(training);
  if (atOnce === undefined) {
    atOnce = promptsAtOnce(training, parameters);
    planned.set(training, atOnce);
  }
  return accumulatedGradients(training.model, parameters, prompts, random, atOnce);
}

/**
 * How many prompts of a training's greatest length fit into the memory of `wasm`, up to its batch.
 * @param most bytes that may be held at once
 */
export function promptsAtOnce(
  { model, d, batch, curriculum }: Demand,
  parameters: Parameters,
  most = LARGEST_PEAK,
): number {
  const { start, end } = curriculum.points;
  const peak = peakOfStep(model, parameters, { points: Math.max(start, end), d });
  if (peak(batch) <= most) return batch;
  const sums = Object.values(parameters).reduce((bytes, { size }) => bytes + 4 * size, 0);
  for (let atOnce = batch - 1; atOnce > 0; atOnce--) {
    if (peak(atOnce) + sums <= most) return atOnce;
  }
  throw new Error(
    `training: expected memory for one prompt of ${Math.max(start, end)} points, of which a step needs ` +
      `${mebibytes(peak(1) + sums)} MiB, got ${mebibytes(most)} MiB; train a smaller model or shorter prompts, or use another backend`,
  );
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toPrecision(3);

/**
 * As `lossAndGradients`, at most `atOnce` prompts at a time. Both are means over prompts, so each part counts by
 * its prompts.
 */
export function accumulatedGradients(
  model: SequenceModel,
  parameters: Parameters,
  prompts: Prompts,
  random: RandomStream,
  atOnce: number,
): { loss: Tensor; gradients: Parameters } {
  if (prompts.batch <= atOnce) return lossAndGradients(model, parameters, prompts, random);
  const sums: Parameters = {};
  for (const part of partsOf(prompts, atOnce)) {
    const { loss, gradients } = lossAndGradients(model, parameters, part, UNDIVIDED);
    const share = part.batch / prompts.batch;
    for (const [name, value] of Object.entries({ ...gradients, [LOSS]: loss }))
      addTo(sums, name, value, share);
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

/** As few parts as possible, as even as possible. */
function partsOf(prompts: Prompts, atOnce: number): Prompts[] {
  const { batch, points, d, xs, ys } = prompts;
  const count = Math.ceil(batch / atOnce);
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [Math.floor((i * batch) / count), Math.floor(((i + 1) * batch) / count)];
    return {
      batch: to - from,
      points,
      d,
      xs: xs.subarray(from * points * d, to * points * d),
      ys: ys.subarray(from * points, to * points),
    };
  });
}
