import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm } from '../wasm/module.ts';

function forward({ x }: { x: TensorInfo }): TensorInfo {
  const out = allocate(x.shape);
  kernels().geluForward({ ...addresses({ x, out }), n: util.sizeFromShape(x.shape) });
  return out;
}

function backward({ dOut, x }: { dOut: TensorInfo; x: TensorInfo }): TensorInfo {
  const dx = allocate(x.shape);
  kernels().geluBackward({ ...addresses({ dOut, x, dx }), n: util.sizeFromShape(x.shape) });
  return dx;
}

export function registerWasmKernels(): void {
  registerWasm('Gelu', forward);
  registerWasm('GeluGrad', backward);
}
