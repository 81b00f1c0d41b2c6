import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm } from '../wasm/module.ts';

interface TokenMixInputs {
  x: TensorInfo;
  mix: TensorInfo;
}

function forward({ x, mix }: TokenMixInputs): TensorInfo {
  const out = allocate(x.shape);
  kernels().tokenMixForward(...[x, mix, out].map(address), ...x.shape);
  return out;
}

function backward({ dOut, x, mix }: TokenMixInputs & { dOut: TensorInfo }): TensorInfo[] {
  const gradients = [x, mix].map(({ shape }) => allocate(shape));
  kernels().tokenMixBackward(...[dOut, x, mix, ...gradients].map(address), ...x.shape);
  return gradients;
}

export function registerWasmKernels(): void {
  registerWasm('TokenMix', forward);
  registerWasm('TokenMixGrad', backward);
}
