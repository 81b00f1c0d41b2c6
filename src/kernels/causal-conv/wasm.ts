import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface ConvInputs {
  x: TensorInfo;
  weight: TensorInfo;
  bias: TensorInfo;
}

const sizes = ({ x, weight }: ConvInputs): [number, number, number, number] => [
  ...(x.shape as [number, number, number]),
  weight.shape[1] as number,
];

function forward(inputs: ConvInputs): TensorInfo {
  const [prompts, length, channels, width] = sizes(inputs);
  const out = allocate(inputs.x.shape);
  const { convForward, convScratch } = kernels();
  const work = scratch(convScratch(channels, width));
  convForward(
    ...[inputs.x, inputs.weight, inputs.bias, out].map(address),
    prompts,
    length,
    channels,
    width,
    work,
  );
  return out;
}

function backward({ dOut, ...inputs }: ConvInputs & { dOut: TensorInfo }): TensorInfo[] {
  const [prompts, length, channels, width] = sizes(inputs);
  const { x, weight, bias } = inputs;
  const gradients = [x, weight, bias].map(({ shape }) => allocate(shape));
  const { convBackward, convGradScratch } = kernels();
  const work = scratch(convGradScratch(length, channels, width));
  convBackward(
    ...[dOut, x, weight, bias, ...gradients].map(address),
    prompts,
    length,
    channels,
    width,
    work,
  );
  return gradients;
}

export function registerWasmKernels(): void {
  registerWasm('CausalConvSilu', forward);
  registerWasm('CausalConvSiluGrad', backward);
}
