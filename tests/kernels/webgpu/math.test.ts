import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { describe, expect, it } from 'vitest';
import { launch, newTensor } from '../../../src/kernels/webgpu/dispatch.ts';
import { MATH_WGSL } from '../../../src/kernels/webgpu/math.wgsl.ts';
import { BACKENDS, openForSuite } from '../backends.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const FUNCTIONS: Record<string, (x: number) => number> = {
  exp_of: Math.exp,
  sigmoid,
  silu: (x) => x * sigmoid(x),
  silu_slope: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

describe.runIf(BACKENDS.includes('webgpu'))('scalar functions on webgpu', () => {
  openForSuite('webgpu');

  async function evaluate(name: string, xs: number[]): Promise<ArrayLike<number>> {
    const backend = tf.backend() as WebGPUBackend;
    const out = newTensor(backend, xs.length);
    launch(backend, {
      name,
      wgsl: `${MATH_WGSL} fn run(i: u32, lane: u32) { if (lane == 0u) { out[i] = ${name}(x[i]); } }`,
      reads: { x: tf.tensor1d(xs) },
      writes: { out },
      workgroups: xs.length,
    });
    return (await backend.read(out.dataId)) as Float32Array;
  }

  // Eighths are exact in float32. At the zero of silu_slope near -1.28 only the absolute error counts.
  const grid = Array.from({ length: 65 }, (_, i) => (i - 32) / 8);

  it.each(Object.entries(FUNCTIONS))('%s is precise, value by value', async (name, golden) => {
    const out = await evaluate(name, grid);
    grid.forEach((x, i) => {
      const error = Math.abs(out[i]! - golden(x)) / Math.max(Math.abs(golden(x)), 0.01);
      expect(error, `${name}(${x})`).toBeLessThan(1.5e-6);
    });
  });

  it.each(Object.entries(FUNCTIONS))('%s neither overflows nor drops NaN', async (name, golden) => {
    const far = [-1e4, -100, -80, 80, ...(name === 'exp_of' ? [] : [100, 1e4])];
    const out = await evaluate(name, [...far, NaN]);
    far.forEach((x, i) => {
      const error = Math.abs(out[i]! - golden(x)) / Math.max(Math.abs(golden(x)), 1e-30);
      expect(error, `${name}(${x})`).toBeLessThan(1e-4);
    });
    expect(out[far.length]).toBeNaN();
  });
});
