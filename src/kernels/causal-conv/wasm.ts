import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface ConvInputs {
  x: TensorInfo;
  weight: TensorInfo;
  bias: TensorInfo;
}

type Triple = [TensorInfo, TensorInfo, TensorInfo];

function sizes({ x, weight }: ConvInputs) {
  const [B, L, D] = x.shape as [number, number, number];
  return { B, L, D, K: weight.shape[1] as number };
}

function forward(inputs: ConvInputs): TensorInfo {
  const shape = sizes(inputs);
  const out = allocate(inputs.x.shape);
  const { convForward, convScratch } = kernels();
  const work = scratch(convScratch(shape));
  convForward({ ...addresses({ ...inputs, out }), ...shape, scratch: work });
  return out;
}

function backward({ dOut, ...inputs }: ConvInputs & { dOut: TensorInfo }): TensorInfo[] {
  const shape = sizes(inputs);
  const { x, weight, bias } = inputs;
  const [dx, dWeight, dBias] = [x, weight, bias].map((input) => allocate(input.shape)) as Triple;
  const { convBackward, convGradScratch } = kernels();
  const work = scratch(convGradScratch(shape));
  const tensors = { dOut, x, weight, bias, dx, dWeight, dBias };
  convBackward({ ...addresses(tensors), ...shape, scratch: work });
  return [dx, dWeight, dBias];
}

export function registerWasmKernels(): void {
  registerWasm('CausalConvSilu', forward);
  registerWasm('CausalConvSiluGrad', backward);
}
