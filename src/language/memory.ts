import * as tf from '@tensorflow/tfjs-core';
import { fault } from '../checkpoints/fault.ts';
import type { TensorFile } from '../checkpoints/tensors.ts';
import { MOST_BYTES } from '../kernels/wasm/memory.ts';
import type { Network } from './network.ts';
import { weightBytes } from './weights.ts';
import type { WeightFormat } from './weights.ts';

const FLOAT = 4;
/** Tensors of the widest part of a layer that are there at once. */
const AT_ONCE = 5;

/** What a model takes, in bytes. */
export interface MemoryEstimate {
  weights: number;
  /** Most that reading one tensor takes besides. */
  reading: number;
  /** Of a pass: what is in between, what is remembered, and the logits of one token a prompt. */
  pass: number;
  /** The largest single tensor. */
  largest: number;
}

/** @param tokens that go through together, as one prompt */
export function estimateMemory(
  file: TensorFile,
  network: Network,
  format: WeightFormat,
  tokens: number,
): MemoryEstimate {
  const { kept, besides, largest } = weightBytes(file, network.needs, format);
  const inside = Object.entries(network.needs).filter(([name]) => /^\d/.test(name));
  const widest = Math.max(
    network.d_model,
    ...inside.map(([, { from, transposed = false }]) =>
      from.reduce((sum, [, shape]) => sum + shape[transposed ? 1 : 0]!, 0),
    ),
  );
  const between = AT_ONCE * tokens * widest + network.remembered(tokens) + network.vocabulary;
  return { weights: kept, reading: besides, pass: FLOAT * between, largest };
}

/**
 * @param free bytes that the machine has left; where that is not known, the backend's own limits alone count
 * @throws CheckpointError that says how much is missing
 */
export function expectRoom(
  where: string,
  { weights, reading, pass, largest }: MemoryEstimate,
  free = Infinity,
): void {
  const backend = tf.getBackend();
  const onDevice = weights + pass;
  const needed = Math.max(onDevice, weights + reading);
  const limit = backend === 'wasm' ? MOST_BYTES - tf.memory().numBytes : Infinity;
  const own = Math.min(limit, backend === 'webgpu' ? Infinity : free);
  const parts = `${inWords(weights)} of weights and ${inWords(pass)} for a pass`;
  if (onDevice > limit || needed > own) {
    const short = Math.max(onDevice - limit, needed - own);
    fault(
      where,
      `${inWords(needed)} of memory for ${backend} (${parts})`,
      `${inWords(own)}: ${inWords(short)} are missing`,
      'take a smaller model, or one in 16 bits, or end other programs',
    );
  }
  const most = backend === 'webgpu' ? largestBuffer() : Infinity;
  if (largest > most)
    fault(
      where,
      `tensors of up to ${inWords(largest)} in one buffer`,
      `${inWords(most)}, which is what the device allows`,
      'use --backend wasm',
    );
}

function largestBuffer(): number {
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  return Math.min(maxStorageBufferBindingSize, maxBufferSize);
}

const inWords = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
