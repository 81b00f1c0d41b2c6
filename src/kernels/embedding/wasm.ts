import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm } from '../wasm/module.ts';

interface EmbeddingInputs {
  ids: TensorInfo;
  weight: TensorInfo;
}

function forward({ ids, weight }: EmbeddingInputs): TensorInfo {
  const [n, D] = [ids.shape[0] as number, weight.shape[1] as number];
  const out = allocate([n, D]);
  kernels().embeddingForward({ ...addresses({ ids, weight, out }), n, D });
  return out;
}

function backward(
  { dOut, ids }: { dOut: TensorInfo; ids: TensorInfo },
  { rows }: { rows: number },
): TensorInfo {
  const [n, D] = dOut.shape as [number, number];
  const dWeight = allocate([rows, D]);
  kernels().embeddingBackward({ ...addresses({ dOut, ids, dWeight }), n, V: rows, D });
  return dWeight;
}

export function registerWasmKernels(): void {
  registerWasm('Embedding', forward, ['ids']);
  registerWasm('EmbeddingGrad', backward, ['ids']);
}
