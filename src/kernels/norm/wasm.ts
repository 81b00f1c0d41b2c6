import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm } from '../wasm/module.ts';

interface NormInputs {
  x: TensorInfo;
  weight: TensorInfo;
  bias?: TensorInfo;
}
interface NormAttributes {
  epsilon: number;
}

function forward({ x, weight, bias }: NormInputs, { epsilon }: NormAttributes): TensorInfo {
  const [R, D] = x.shape as [number, number];
  const out = allocate(x.shape);
  kernels().normForward({ ...addresses({ x, weight, bias, out }), R, D, epsilon });
  return out;
}

function backward(
  { dOut, x, weight, bias }: NormInputs & { dOut: TensorInfo },
  { epsilon }: NormAttributes,
): TensorInfo[] {
  const [R, D] = x.shape as [number, number];
  const [dx, dWeight] = [allocate(x.shape), allocate(weight.shape)];
  const dBias = bias && allocate(bias.shape);
  const tensors = { dOut, x, weight, dx, dWeight, dBias };
  kernels().normBackward({ ...addresses(tensors), R, D, epsilon });
  return dBias ? [dx, dWeight, dBias] : [dx, dWeight];
}

export function registerWasmKernels(): void {
  for (const name of ['RmsNorm', 'LayerNorm']) {
    registerWasm(name, forward);
    registerWasm(`${name}Grad`, backward);
  }
}
