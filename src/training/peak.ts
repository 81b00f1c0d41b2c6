import * as tf from '@tensorflow/tfjs-core';
import { MOST_BYTES } from '../kernels/wasm/memory.ts';
import type { MemoryEvent } from '../kernels/wasm/memory.ts';
import { traceMemory } from '../kernels/wasm/module.ts';
import type { Parameters } from '../models/model.ts';
import { RandomStream } from '../numerics/random.ts';
import { lossAndGradients } from './objective.ts';
import type { Objective } from './objective.ts';

/** What a block takes beside its bytes. */
const HEADER = 16;

/**
 * Between blocks something lies unused. Steps of Mamba, GPT-2 and RWKV-4 (16 prompts of 41 points, the small size)
 * ran in a memory bounded at 1.06 times the most that they hold at once; those of Mamba not at 1.03. The rest is
 * for long trainings, whose prompts grow.
 */
const FRAGMENTED = 1.15;

/** Bytes that a step may hold at most. */
export const LARGEST_PEAK = MOST_BYTES / FRAGMENTED;

/** The two batches of the trial; one item would let TensorFlow.js leave out sums over items. */
const TRIAL = [2, 3] as const;

/**
 * Finds by trial how much memory a training step needs on `wasm`: two steps of few items, of the largest shapes of
 * the training, tell each allocation's size as a function of the batch. Exact in what is held; nothing is written
 * to the parameters.
 * @returns by batch, the most bytes that are held at once, those that are held now included
 */
export function peakOfStep(
  { loss, largest }: Pick<Objective, 'loss' | 'largest'>,
  parameters: Parameters,
): (batch: number) => number {
  const held = tf.memory().numBytes;
  const [small, large] = TRIAL.map((items) =>
    traceMemory(() => {
      tf.dispose(lossAndGradients(loss, parameters, largest(items), RandomStream.fromSeed(0)));
    }),
  ) as [MemoryEvent[], MemoryEvent[]];
  expectAlike(small, large);
  return (batch) => held + peakOf(extrapolate(small, large, batch));
}

function expectAlike(small: MemoryEvent[], large: MemoryEvent[]): void {
  const differs = small.findIndex((event, i) => event.kind !== large[i]?.kind);
  if (differs < 0 && small.length === large.length) return;
  throw new Error(
    `peakOfStep: expected the same allocations of ${TRIAL.join(' and ')} prompts, got other ones from number ${differs} on; take a larger trial`,
  );
}

/** The events of a batch, sizes being affine in it. */
function extrapolate(small: MemoryEvent[], large: MemoryEvent[], batch: number): MemoryEvent[] {
  const [least, more] = TRIAL;
  const along = (batch - least) / (more - least);
  return small.map((event, i) => ({
    ...event,
    bytes: event.bytes + along * (large[i]!.bytes - event.bytes),
  }));
}

function peakOf(events: MemoryEvent[]): number {
  let [held, peak, scratch] = [0, 0, 0];
  for (const { kind, bytes } of events) {
    if (kind === 'scratch') scratch = Math.max(scratch, bytes);
    else held += (kind === 'take' ? 1 : -1) * (bytes + HEADER);
    peak = Math.max(peak, held);
  }
  return peak + scratch;
}
