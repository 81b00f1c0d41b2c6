import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm } from '../wasm/module.ts';

interface NormInputs {
  x: TensorInfo;
  weight: TensorInfo;
  bias?: TensorInfo;
}
interface NormAttributes {
  epsilon: number;
}

function forward({ x, weight, bias }: NormInputs, { epsilon }: NormAttributes): TensorInfo {
  const [rows, size] = x.shape as [number, number];
  const out = allocate(x.shape);
  kernels().normForward(...[x, weight, bias, out].map(address), rows, size, epsilon);
  return out;
}

function backward(
  { dOut, x, weight, bias }: NormInputs & { dOut: TensorInfo },
  { epsilon }: NormAttributes,
): TensorInfo[] {
  const [rows, size] = x.shape as [number, number];
  const gradients = [x, weight, bias].map((tensor) => tensor && allocate(tensor.shape));
  kernels().normBackward(...[dOut, x, weight, ...gradients].map(address), rows, size, epsilon);
  return gradients.filter((gradient) => gradient !== undefined);
}

export function registerWasmKernels(): void {
  for (const name of ['RmsNorm', 'LayerNorm']) {
    registerWasm(name, forward);
    registerWasm(`${name}Grad`, backward);
  }
}
