import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm } from '../wasm/module.ts';

interface RotaryAttributes {
  heads: number;
  paired: boolean;
  inverse: boolean;
}

function turn(
  { x, table }: { x: TensorInfo; table: TensorInfo },
  attributes: RotaryAttributes,
): TensorInfo {
  const [B, L, D] = x.shape as [number, number, number];
  const [T, , R] = table.shape as [number, number, number];
  const out = allocate(x.shape);
  kernels().rotaryTurn({ ...addresses({ x, table, out }), B, T, L, D, R, ...attributes });
  return out;
}

export function registerWasmKernels(): void {
  registerWasm('Rotary', turn);
}
