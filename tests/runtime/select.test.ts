import { describe, expect, it } from 'vitest';
import { describeAdapter, selectBackend } from '../../src/runtime/select.ts';
import type { Devices } from '../../src/runtime/select.ts';

const missing = { missing: 'install it' };
const hardware = { adapter: 'NVIDIA H200', software: false };
const software = { adapter: 'SwiftShader driver 5.0.0', software: true };
const wasm = { adapter: 'a processor' };

describe('selectBackend', () => {
  it.each([
    [{ webgpu: hardware, wasm, tensorflow: missing }, 'webgpu', 'a hardware GPU is there'],
    [{ webgpu: hardware, wasm, tensorflow: wasm }, 'webgpu', 'a hardware GPU is there'],
    [{ webgpu: software, wasm, tensorflow: missing }, 'wasm', 'software renderer'],
    [{ webgpu: missing, wasm, tensorflow: wasm }, 'wasm', 'no GPU: install it'],
  ] satisfies [Devices, string, string][])('takes the best device of %j', (devices, name, why) => {
    const selection = selectBackend(devices);
    expect(selection.backend).toBe(name);
    expect(selection.reason).toContain(why);
    expect(selection.software).toBe(false);
  });

  it('never falls back when asked by name', () => {
    const devices = { webgpu: missing, wasm, tensorflow: missing };
    expect(() => selectBackend(devices, 'webgpu')).toThrow(/expected backend webgpu.*install it/);
    expect(() => selectBackend(devices, 'tensorflow')).toThrow(/expected backend tensorflow/);
    expect(selectBackend(devices, 'cpu').backend).toBe('cpu');
  });

  it('takes a software renderer only when asked for, and labels it', () => {
    const devices = { webgpu: software, wasm, tensorflow: missing };
    expect(selectBackend(devices, 'webgpu')).toMatchObject({ backend: 'webgpu', software: true });
    expect(selectBackend(devices, 'wasm')).toMatchObject({ backend: 'wasm', software: false });
  });

  it('says so when there is nothing to run on', () => {
    const nothing = { webgpu: missing, wasm: missing, tensorflow: missing };
    expect(() => selectBackend(nothing)).toThrow(/expected a GPU or WebAssembly, got neither/);
  });
});

const info = (fields: Partial<GPUAdapterInfo>): GPUAdapterInfo =>
  ({
    vendor: '',
    architecture: '',
    device: '',
    description: '',
    isFallbackAdapter: false,
    ...fields,
  }) as GPUAdapterInfo;

describe('describeAdapter', () => {
  it.each([
    [{ vendor: 'nvidia', description: 'NVIDIA H200' }, 'NVIDIA H200', false],
    [{ vendor: 'apple', architecture: 'metal-3' }, 'apple metal-3', false],
    [{ vendor: 'google', architecture: 'swiftshader' }, 'google swiftshader', true],
    [{ vendor: 'mesa', description: 'llvmpipe (LLVM 17)' }, 'llvmpipe (LLVM 17)', true],
    [{ vendor: 'intel', isFallbackAdapter: true }, 'intel', true],
    [{}, 'unnamed WebGPU adapter', false],
  ])('reads %j', (fields, adapter, isSoftware) => {
    expect(describeAdapter(info(fields))).toEqual({ adapter, software: isSoftware });
  });
});
