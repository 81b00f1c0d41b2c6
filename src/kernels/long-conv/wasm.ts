import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface LongConvInputs {
  u: TensorInfo;
  K: TensorInfo;
  D: TensorInfo;
}

function forward({ u, K, D }: LongConvInputs): TensorInfo {
  const out = allocate(u.shape);
  const { longConvForward, longConvScratch } = kernels();
  const work = scratch(longConvScratch(u.shape[1] as number));
  longConvForward(...[u, K, D, out].map(address), ...u.shape, work);
  return out;
}

function backward({ dOut, u, K, D }: LongConvInputs & { dOut: TensorInfo }): TensorInfo[] {
  const inputs = [u, K, D];
  const gradients = inputs.map(({ shape }) => allocate(shape));
  const { longConvBackward, longConvGradScratch } = kernels();
  const work = scratch(longConvGradScratch(u.shape[1] as number));
  longConvBackward(...[dOut, ...inputs, ...gradients].map(address), ...u.shape, work);
  return gradients;
}

export function registerWasmKernels(): void {
  registerWasm('LongConv', forward);
  registerWasm('LongConvGrad', backward);
}
