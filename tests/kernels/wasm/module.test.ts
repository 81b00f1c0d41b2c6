import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { describe, expect, it, vi } from 'vitest';
import { ABSENT } from '../../../src/kernels/wasm/exports.ts';
import {
  address,
  addresses,
  after,
  allocate,
  kernels,
  registerWasm,
  scratch,
  share,
} from '../../../src/kernels/wasm/module.ts';
import { openForSuite } from '../backends.ts';

describe('the linked module', () => {
  openForSuite('wasm');
  const backend = (): BackendWasm => tf.backend() as BackendWasm;

  it('finds a tensor where the backend put it', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const { memory } = (backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } })
      .wasm.asm;
    expect([...new Float32Array(memory.buffer, address(x), 3)]).toEqual([1, 2, 3]);
    expect([...new Float32Array(memory.buffer, after(address(x), 1), 2)]).toEqual([2, 3]);
    expect(address(undefined)).toBe(ABSENT);
    expect(addresses({ x, bias: undefined })).toEqual({ x: address(x), bias: 0 });
    x.dispose();
  });

  it('works on tensors in place', async () => {
    const [x, out] = [tf.tensor1d([1, 2, 3, 4, 5, 6]), tf.zeros([2, 2])];
    const rows = { fromRow: 3, toRow: 2, rows: 2, size: 2 };
    kernels().copyColumns({ from: after(address(x), 1), to: address(out), ...rows });
    expect([...(await out.data())]).toEqual([2, 3, 5, 6]);
    tf.dispose([x, out]);
  });

  it('shares data until the last owner goes', async () => {
    const x = tf.tensor1d([1, 2]);
    const before = backend().numDataIds();
    const shared = share(x);
    expect(backend().numDataIds()).toBe(before);
    expect(backend().refCount(x.dataId)).toBe(2);
    backend().disposeData(shared.dataId);
    expect([...(await x.data())]).toEqual([1, 2]);
    x.dispose();
    expect(backend().numDataIds()).toBe(before - 1);
  });

  it('keeps scratch that is large enough, and moves on where it is not', () => {
    const first = scratch(100);
    expect(scratch(50)).toBe(first);
    expect(scratch(100)).toBe(first);
    const larger = scratch(2 ** 20);
    expect(scratch(2 ** 19)).toBe(larger);
  });

  it('registers a kernel in place of another, and frees what it made if it fails', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    let fail = false;
    registerWasm('TestMade', () => {
      const made = allocate([3]);
      if (fail) throw new Error('half-way');
      return made;
    });
    const run = () => tf.engine().runKernel<tf.Tensor>('TestMade', {});
    expect(run().shape).toEqual([3]);
    const before = backend().numDataIds();
    fail = true;
    expect(run).toThrow('half-way');
    expect(backend().numDataIds()).toBe(before);
    registerWasm('TestMade', () => allocate([4]));
    expect(run().shape).toEqual([4]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    tf.unregisterKernel('TestMade', 'wasm');
  });

  it.each(['int32', 'bool'] as const)('lets no kernel read %s as floats', (dtype) => {
    const x = tf.ones([2], dtype);
    registerWasm('TestRead', ({ x: read }: { x: tf.TensorInfo }) => share(read));
    expect(() => tf.engine().runKernel('TestRead', { x })).toThrow(
      `TestRead x: expected float32, got ${dtype}; cast it first`,
    );
    expect(tf.clone(x).dtype).toBe(dtype);
    tf.unregisterKernel('TestRead', 'wasm');
  });
});
