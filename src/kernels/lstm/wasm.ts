import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface LstmTensors {
  x: TensorInfo;
  weight: TensorInfo;
}

function sizes({ x, weight }: LstmTensors) {
  const [B, L] = x.shape as [number, number];
  return { B, L, H: weight.shape[1] as number };
}

function forward({ x, weight }: LstmTensors): TensorInfo {
  const { B, L, H } = sizes({ x, weight });
  const out = allocate([B, L, H]);
  const { lstmForward, lstmScratch } = kernels();
  const work = scratch(lstmScratch({ B, H }));
  lstmForward({ ...addresses({ x, weight, out }), B, L, H, scratch: work });
  return out;
}

function backward({ dOut, x, weight }: LstmTensors & { dOut: TensorInfo }): TensorInfo[] {
  const { B, L, H } = sizes({ x, weight });
  const dx = allocate(x.shape);
  const previous = allocate([B, L, H]);
  const { lstmBackward, lstmGradScratch } = kernels();
  const work = scratch(lstmGradScratch({ B, L, H }));
  const tensors = { dOut, x, weight, dx, previous };
  lstmBackward({ ...addresses(tensors), B, L, H, scratch: work });
  return [dx, previous];
}

export function registerWasmKernels(): void {
  registerWasm('Lstm', forward);
  registerWasm('LstmGrad', backward);
}
