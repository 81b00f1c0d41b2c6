import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { allocate, registerWasm } from '../wasm/module.ts';
import { s4dKernelGradReference, s4dKernelReference } from './reference.ts';
import type { S4dArrays } from './reference.ts';

type S4dInputs = Record<keyof S4dArrays, TensorInfo>;
interface S4dAttributes {
  length: number;
}

/** A view of a tensor's values, good until the next allocation. */
const view = (tensor: TensorInfo): Float32Array =>
  (tf.backend() as BackendWasm).typedArrayFromHeap(tensor) as Float32Array;

function written(shape: readonly number[], values: Float64Array): TensorInfo {
  const tensor = allocate(shape);
  view(tensor).set(values);
  return tensor;
}

const arraysOf = ({ log_dt, log_A_real, A_imag, C }: S4dInputs): S4dArrays<Float32Array> => ({
  log_dt: view(log_dt),
  log_A_real: view(log_A_real),
  A_imag: view(A_imag),
  C: view(C),
});

function forward(inputs: S4dInputs, { length }: S4dAttributes): TensorInfo {
  const K = s4dKernelReference(arraysOf(inputs), length);
  return written([length, inputs.log_dt.shape[0] as number], K);
}

function backward(
  { dOut, ...inputs }: S4dInputs & { dOut: TensorInfo },
  { length }: S4dAttributes,
): TensorInfo[] {
  const grad = s4dKernelGradReference(arraysOf(inputs), length, view(dOut));
  return (['log_dt', 'log_A_real', 'A_imag', 'C'] as const).map((name) =>
    written(inputs[name].shape, grad[name]),
  );
}

/** Plain TypeScript in float64: the kernel is small, L H where the convolution is B L² H. */
export function registerWasmKernels(): void {
  registerWasm('S4dKernel', forward);
  registerWasm('S4dKernelGrad', backward);
}
