import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, after, allocate, kernels, registerWasm } from '../wasm/module.ts';

function split({ x }: { x: TensorInfo }, { sizes }: { sizes: readonly number[] }): TensorInfo[] {
  const [rows, n] = x.shape as [number, number];
  const parts = sizes.map((size) => allocate([rows, size]));
  let from = address(x);
  for (const [i, part] of parts.entries()) {
    const size = sizes[i] as number;
    kernels().copyColumns({ from, fromRow: n, to: address(part), toRow: size, rows, size });
    from = after(from, size);
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
    kernels().copyColumns({ from: address(part), fromRow: size, to, toRow: n, rows, size });
    to = after(to, size);
  }
  return out;
}

export function registerWasmKernels(): void {
  registerWasm('SplitColumns', split);
  registerWasm('ConcatColumns', concat);
}
