import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface LongConvInputs {
  u: TensorInfo;
  K: TensorInfo;
  D: TensorInfo;
}

function sizes({ shape }: TensorInfo) {
  const [B, L, H] = shape as [number, number, number];
  return { B, L, H };
}

function forward({ u, K, D }: LongConvInputs): TensorInfo {
  const out = allocate(u.shape);
  const { longConvForward, longConvScratch } = kernels();
  const work = scratch(longConvScratch(sizes(u)));
  longConvForward({ ...addresses({ u, K, D, out }), ...sizes(u), scratch: work });
  return out;
}

function backward({ dOut, u, K, D }: LongConvInputs & { dOut: TensorInfo }): TensorInfo[] {
  const [du, dK, dD] = [allocate(u.shape), allocate(K.shape), allocate(D.shape)];
  const { longConvBackward, longConvGradScratch } = kernels();
  const work = scratch(longConvGradScratch(sizes(u)));
  const tensors = { dOut, u, K, D, du, dK, dD };
  longConvBackward({ ...addresses(tensors), ...sizes(u), scratch: work });
  return [du, dK, dD];
}

export function registerWasmKernels(): void {
  registerWasm('LongConv', forward);
  registerWasm('LongConvGrad', backward);
}
