import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causalConvSilu } from '../../../src/kernels/causal-conv/op.ts';
import { gelu } from '../../../src/kernels/gelu/op.ts';
import { geluReference } from '../../../src/kernels/gelu/reference.ts';
import { launch, newTensor } from '../../../src/kernels/webgpu/dispatch.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { BACKENDS, open } from '../backends.ts';
import { expectClose } from '../support.ts';

const CONVOLUTION = () =>
  [tf.zeros([1, 3, 5]), tf.zeros([5, 2]), tf.zeros([5])] as [tf.Tensor, tf.Tensor, tf.Tensor];

describe.runIf(BACKENDS.includes('webgpu'))('dispatch', () => {
  let runtime: Runtime;
  let backend: WebGPUBackend;
  beforeAll(async () => {
    runtime = await open('webgpu');
    backend = tf.backend() as WebGPUBackend;
  });
  afterAll(async () => runtime.close());

  const write = (constants: Record<string, number>, sizes: Record<string, number>) => {
    const out = newTensor(backend, 1);
    launch(backend, {
      name: 'Write',
      wgsl: 'fn run(group: u32, lane: u32) { if (lane == 0u) { out[0] = f32(A * 10u + sizes.b); } }',
      reads: {},
      writes: { out },
      constants,
      sizes,
      workgroups: 1,
    });
    return backend.read(out.dataId);
  };

  it('keeps kernels apart that differ in a constant or in a uniform', async () => {
    const texts = [
      await write({ A: 1 }, { b: 2 }),
      await write({ A: 3 }, { b: 2 }),
      await write({ A: 3 }, { b: 4 }),
      await write({ A: 1 }, { b: 2 }),
    ];
    expect(texts.map(([value]) => value)).toEqual([12, 32, 34, 12]);
  });

  it('folds more workgroups than one dimension holds', async () => {
    const limit = runtime.device!.limits.maxComputeWorkgroupsPerDimension;
    const n = limit * 64 + 65;
    const x = new Float32Array(n).map((_, i) => (i % 7) - 3);
    const out = await gelu(tf.tensor1d(x)).data();
    runtime.check();
    const ends = (values: ArrayLike<number>) =>
      [0, 1, n - 66, n - 65, n - 2, n - 1].map((i) => values[i]!);
    expectClose({ out: ends(out) }, { out: geluReference(Float64Array.from(ends(x))) }, 1e-5);
  });

  it('names the limit that a kernel would exceed', () => {
    const names = 'a b c d e f g h i'.split(' ');
    const tensors = Object.fromEntries(names.map((name) => [name, newTensor(backend, 1)]));
    const wgsl = 'fn run(group: u32, lane: u32) {}';
    const base = { name: 'Nine', wgsl, reads: {}, workgroups: 1 };
    expect(() => launch(backend, { ...base, writes: tensors })).toThrow(
      /expected at most maxStorageBuffersPerShaderStage = 8 tensors, got 9/,
    );
    expect(() => launch(backend, { ...base, writes: {}, workgroups: 2 ** 33 })).toThrow(
      /maxComputeWorkgroupsPerDimension/,
    );
  });

  it.each([
    ['maxStorageBufferBindingSize', 1024, () => gelu(tf.zeros([257]))],
    ['maxComputeWorkgroupsPerDimension', 1, () => gelu(tf.zeros([65]))],
    ['maxStorageBuffersPerShaderStage', 2, () => causalConvSilu(...CONVOLUTION())],
  ] as const)('names %s where a smaller adapter allows %i', (name, limit, run) => {
    const { limits } = backend.device;
    const smaller = new Proxy(limits, {
      get: (all, key) => (key === name ? limit : (Reflect.get(all, key) as unknown)),
    });
    const setLimits = (value: GPUSupportedLimits) =>
      Object.defineProperty(backend.device, 'limits', { value, configurable: true });
    setLimits(smaller);
    try {
      expect(() => tf.tidy(run)).toThrow(new RegExp(`expected at most ${name}`));
    } finally {
      setLimits(limits);
    }
  });

  it('refuses tensors that are not float32', () => {
    const x = backend.makeTensorInfo([1], 'int32', new Int32Array(1));
    const wgsl = 'fn run(group: u32, lane: u32) {}';
    expect(() =>
      launch(backend, { name: 'Read', wgsl, reads: { x }, writes: {}, workgroups: 1 }),
    ).toThrow(/Read x: expected float32, got int32/);
  });
});
