import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface WkvTensors {
  k: TensorInfo;
  v: TensorInfo;
  w: TensorInfo;
  u: TensorInfo;
}

function forward({ k, v, w, u, state }: WkvTensors & { state?: TensorInfo }): TensorInfo[] {
  const [prompts, , channels] = k.shape as [number, number, number];
  const out = allocate(k.shape);
  const lastState = allocate([prompts, 3, channels]);
  kernels().wkvForward(...[k, v, w, u, state, out, lastState].map(address), ...k.shape);
  return [out, lastState];
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
