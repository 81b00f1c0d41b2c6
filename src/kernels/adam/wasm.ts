import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, kernels, registerWasm } from '../wasm/module.ts';

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
  const { stepSize, rootCorrection, beta1, beta2, epsilon } = attributes;
  kernels().adamUpdate(
    ...[parameter, m, v, gradient].map(address),
    util.sizeFromShape(parameter.shape),
    stepSize,
    rootCorrection,
    beta1,
    beta2,
    epsilon,
  );
  return [];
}

export function registerWasmKernels(): void {
  registerWasm('AdamStep', step);
}
