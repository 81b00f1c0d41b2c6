import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { causalAttention } from './attention/op.ts';
import { selectiveScan } from './selective-scan/op.ts';

/** What mixes tokens in a model of a given width, alone, on drawn values: for timing. */
export interface Workload {
  /** One forward pass; the caller disposes of the result. */
  run(): Tensor;
  dispose(): void;
}

/** Standard normal deviates. */
type Draw = (count: number) => Float32Array;

export interface SequenceShape {
  batch: number;
  /** L tokens */
  length: number;
  /** Width of the residual stream. */
  d_model: number;
}

const drawTensor = (draw: Draw, ...shape: number[]): Tensor =>
  tf.tensor(draw(shape.reduce((product, size) => product * size, 1)), shape);

/** The scan of a Mamba block: d_inner = 2 d_model channels of 16 states, with skip and gate. */
export function scanWorkload({ batch, length, d_model }: SequenceShape, draw: Draw): Workload {
  const [channels, states] = [2 * d_model, 16];
  const sequence = (size: number): Tensor => drawTensor(draw, batch, length, size);
  const inputs = {
    u: sequence(channels),
    delta: sequence(channels),
    A: tf.tidy(() => tf.neg(tf.exp(drawTensor(draw, channels, states)))),
    B: sequence(states),
    C: sequence(states),
    D: drawTensor(draw, channels),
    z: sequence(channels),
    deltaBias: drawTensor(draw, channels),
  };
  return { run: () => selectiveScan(inputs), dispose: () => tf.dispose(Object.values(inputs)) };
}

/** The causal attention of a Transformer block, from its queries, keys and values on: 4 heads. */
export function attentionWorkload({ batch, length, d_model }: SequenceShape, draw: Draw): Workload {
  const qkv = drawTensor(draw, batch, length, 3 * d_model);
  return { run: () => causalAttention(qkv, 4), dispose: () => qkv.dispose() };
}

export const WORKLOADS = { scan: scanWorkload, attention: attentionWorkload };
