import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, kernels, registerWasm } from '../wasm/module.ts';

interface AdamInputs {
  parameter: TensorInfo;
  m: TensorInfo;
  v: TensorInfo;
  gradient: TensorInfo;
}
interface AdamAttributes {
  stepSize: number;
  rootCorrection: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

function step({ parameter, m, v, gradient }: AdamInputs, attributes: AdamAttributes): TensorInfo[] {
  kernels().adamUpdate({
    ...addresses({ parameter, m, v, gradient }),
    n: util.sizeFromShape(parameter.shape),
    ...attributes,
  });
  return [];
}

export function registerWasmKernels(): void {
  registerWasm('AdamStep', step);
}
