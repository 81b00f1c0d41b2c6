import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface LstmTensors {
  x: TensorInfo;
  weight: TensorInfo;
}

const shapeOf = ({ x, weight }: LstmTensors) =>
  [x.shape[0], x.shape[1], weight.shape[1]] as [number, number, number];

function forward({ x, weight }: LstmTensors): TensorInfo {
  const [batch, length, hidden] = shapeOf({ x, weight });
  const out = allocate([batch, length, hidden]);
  const { lstmForward, lstmScratch } = kernels();
  const work = scratch(lstmScratch(batch, hidden));
  lstmForward(...[x, weight, out].map(address), batch, length, hidden, work);
  return out;
}

function backward({ dOut, x, weight }: LstmTensors & { dOut: TensorInfo }): TensorInfo[] {
  const [batch, length, hidden] = shapeOf({ x, weight });
  const dx = allocate(x.shape);
  const previous = allocate([batch, length, hidden]);
  const { lstmBackward, lstmGradScratch } = kernels();
  const work = scratch(lstmGradScratch(batch, length, hidden));
  const tensors = [dOut, x, weight, dx, previous];
  lstmBackward(...tensors.map(address), batch, length, hidden, work);
  return [dx, previous];
}

export function registerWasmKernels(): void {
  registerWasm('Lstm', forward);
  registerWasm('LstmGrad', backward);
}
