import * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from '../../src/models/model.ts';
import { decode } from '../../src/training/safetensors.ts';

/** Weights on the device; the caller disposes them. */
export function toTensors(safetensors: Uint8Array): Parameters {
  const entries = Object.entries(decode(safetensors));
  return Object.fromEntries(
    entries.map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]),
  );
}
