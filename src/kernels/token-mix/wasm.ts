import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm } from '../wasm/module.ts';

interface TokenMixInputs {
  x: TensorInfo;
  mix: TensorInfo;
}

function sizes({ shape }: TensorInfo) {
  const [B, L, D] = shape as [number, number, number];
  return { B, L, D };
}

function forward({ x, mix }: TokenMixInputs): TensorInfo {
  const out = allocate(x.shape);
  kernels().tokenMixForward({ ...addresses({ x, mix, out }), ...sizes(x) });
  return out;
}

function backward({ dOut, x, mix }: TokenMixInputs & { dOut: TensorInfo }): TensorInfo[] {
  const [dx, dMix] = [allocate(x.shape), allocate(mix.shape)];
  kernels().tokenMixBackward({ ...addresses({ dOut, x, mix, dx, dMix }), ...sizes(x) });
  return [dx, dMix];
}

export function registerWasmKernels(): void {
  registerWasm('TokenMix', forward);
  registerWasm('TokenMixGrad', backward);
}
