import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface WkvTensors {
  k: TensorInfo;
  v: TensorInfo;
  w: TensorInfo;
  u: TensorInfo;
}

function forward({ k, v, w, u }: WkvTensors): TensorInfo {
  const out = allocate(k.shape);
  kernels().wkvForward(...[k, v, w, u, out].map(address), ...k.shape);
  return out;
}

function backward({ dOut, k, v, w, u }: WkvTensors & { dOut: TensorInfo }): TensorInfo[] {
  const inputs = [k, v, w, u];
  const gradients = inputs.map(({ shape }) => allocate(shape));
  const { wkvBackward, wkvGradScratch } = kernels();
  const work = scratch(wkvGradScratch(k.shape[1] as number));
  wkvBackward(...[dOut, ...inputs, ...gradients].map(address), ...k.shape, work);
  return gradients;
}

export function registerWasmKernels(): void {
  registerWasm('Wkv', forward);
  registerWasm('WkvGrad', backward);
}
