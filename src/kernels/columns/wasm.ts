import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm } from '../wasm/module.ts';

function split({ x }: { x: TensorInfo }, { sizes }: { sizes: readonly number[] }): TensorInfo[] {
  const [rows, n] = x.shape as [number, number];
  const parts = sizes.map((size) => allocate([rows, size]));
  let from = address(x);
  for (const [i, part] of parts.entries()) {
    const size = sizes[i] as number;
    kernels().copyColumns(from, n, address(part), size, rows, size);
    from += 4 * size;
  }
  return parts;
}

function concat(inputs: Record<string, TensorInfo>): TensorInfo {
  const parts = Object.values(inputs);
  const sizes = parts.map(({ shape }) => shape[1] as number);
  const rows = parts[0]?.shape[0] ?? 0;
  const n = sizes.reduce((sum, size) => sum + size, 0);
  const out = allocate([rows, n]);
  let to = address(out);
  for (const [i, part] of parts.entries()) {
    const size = sizes[i] as number;
    kernels().copyColumns(address(part), size, to, n, rows, size);
    to += 4 * size;
  }
  return out;
}

export function registerWasmKernels(): void {
  registerWasm('SplitColumns', split);
  registerWasm('ConcatColumns', concat);
}
