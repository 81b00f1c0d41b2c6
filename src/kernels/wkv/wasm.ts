import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface WkvTensors {
  k: TensorInfo;
  v: TensorInfo;
  w: TensorInfo;
  u: TensorInfo;
}

type Four = [TensorInfo, TensorInfo, TensorInfo, TensorInfo];

function sizes({ shape }: TensorInfo) {
  const [B, L, D] = shape as [number, number, number];
  return { B, L, D };
}

function forward({ k, v, w, u, state }: WkvTensors & { state?: TensorInfo }): TensorInfo[] {
  const { B, L, D } = sizes(k);
  const out = allocate(k.shape);
  const lastState = allocate([B, 3, D]);
  kernels().wkvForward({ ...addresses({ k, v, w, u, state, out, lastState }), B, L, D });
  return [out, lastState];
}

function backward({ dOut, k, v, w, u }: WkvTensors & { dOut: TensorInfo }): TensorInfo[] {
  const [dk, dv, dw, du] = [k, v, w, u].map(({ shape }) => allocate(shape)) as Four;
  const { wkvBackward, wkvGradScratch } = kernels();
  const work = scratch(wkvGradScratch(sizes(k)));
  const tensors = { dOut, k, v, w, u, dk, dv, dw, du };
  wkvBackward({ ...addresses(tensors), ...sizes(k), scratch: work });
  return [dk, dv, dw, du];
}

export function registerWasmKernels(): void {
  registerWasm('Wkv', forward);
  registerWasm('WkvGrad', backward);
}
