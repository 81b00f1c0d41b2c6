import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters } from '../models/model.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { HostTensor } from '../numerics/safetensors.ts';
import { drawsNothing } from './draws-nothing.ts';
import { lossAndGradients } from './objective.ts';
import type { Objective } from './objective.ts';
import { LARGEST_PEAK, peakOfStep } from './peak.ts';

type Loss = Objective['loss'];

/** Prompts at once, by loss and shapes of what is fed. */
const planned = new WeakMap<Loss, Map<string, number>>();

/**
 * As `lossAndGradients`. On `wasm`, whose memory ends at 4 GiB, a batch whose step would not fit is done in parts,
 * the gradients of which add up to that of the whole.
 * @throws Error where not even one prompt fits
 */
export function gradientsWithinMemory(
  loss: Loss,
  parameters: Parameters,
  feeds: readonly HostTensor[],
  random: RandomStream,
): { loss: Tensor; gradients: Parameters } {
  const atOnce = planMemory(loss, parameters, feeds);
  return accumulatedGradients(loss, parameters, feeds, random, atOnce);
}

/**
 * How many prompts are done at once: all, but on `wasm`. Found out by trial once for each shape of feeds.
 * @throws Error where not even one prompt fits: called for the longest prompts, before a training starts
 */
export function planMemory(
  loss: Loss,
  parameters: Parameters,
  feeds: readonly HostTensor[],
): number {
  if (tf.getBackend() !== 'wasm') return Infinity;
  const plans = planned.get(loss) ?? new Map<string, number>();
  planned.set(loss, plans);
  const shapes = JSON.stringify(feeds.map(({ shape }) => shape));
  const atOnce = plans.get(shapes) ?? promptsAtOnce(loss, parameters, feeds);
  plans.set(shapes, atOnce);
  return atOnce;
}

/**
 * How many prompts fit into the memory of `wasm`, up to those given.
 * @param most bytes that may be held at once
 */
export function promptsAtOnce(
  loss: Loss,
  parameters: Parameters,
  feeds: readonly HostTensor[],
  most = LARGEST_PEAK,
): number {
  const batch = batchOf(feeds);
  const peak = peakOfStep(loss, parameters, feeds);
  if (peak(batch) <= most) return batch;
  const sums = Object.values(parameters).reduce((bytes, { size }) => bytes + 4 * size, 0);
  for (let atOnce = batch - 1; atOnce > 0; atOnce--) {
    if (peak(atOnce) + sums <= most) return atOnce;
  }
  const shapes = feeds.map(({ shape }) => `[${shape.join(' ')}]`).join(', ');
  throw new Error(
    `training: expected memory for one prompt of ${shapes}, of which a step needs ${mebibytes(peak(1) + sums)} MiB, ` +
      `got ${mebibytes(most)} MiB; train a smaller model or shorter prompts, or use another backend`,
  );
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toPrecision(3);

const batchOf = (feeds: readonly HostTensor[]): number => feeds[0]?.shape[0] ?? 0;

/**
 * As `lossAndGradients`, at most `atOnce` prompts at a time. Both are means over prompts, so each part counts by
 * its prompts.
 */
export function accumulatedGradients(
  loss: Loss,
  parameters: Parameters,
  feeds: readonly HostTensor[],
  random: RandomStream,
  atOnce: number,
): { loss: Tensor; gradients: Parameters } {
  const batch = batchOf(feeds);
  if (batch <= atOnce) return lossAndGradients(loss, parameters, feeds, random);
  const sums: Parameters = {};
  for (const [from, to] of partsOf(batch, atOnce)) {
    const part = feeds.map((feed) => cut(feed, from, to));
    const { loss: value, gradients } = lossAndGradients(loss, parameters, part, UNDIVIDED);
    for (const [name, tensor] of Object.entries({ ...gradients, [LOSS]: value }))
      addTo(sums, name, tensor, (to - from) / batch);
  }
  const { [LOSS]: total, ...gradients } = sums;
  return { loss: total!, gradients };
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

/** From and to which prompt each part goes: as few parts as possible, as even as possible. */
function partsOf(batch: number, atOnce: number): [number, number][] {
  const count = Math.ceil(batch / atOnce);
  const start = (i: number): number => Math.floor((i * batch) / count);
  return Array.from({ length: count }, (_, i) => [start(i), start(i + 1)]);
}

function cut({ shape: [, ...rest], values }: HostTensor, from: number, to: number): HostTensor {
  const size = rest.reduce((product, n) => product * n, 1);
  return { shape: [to - from, ...rest], values: values.subarray(from * size, to * size) };
}
