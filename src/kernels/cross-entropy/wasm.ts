import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm } from '../wasm/module.ts';

interface CrossEntropyInputs {
  logits: TensorInfo;
  targets: TensorInfo;
}

function forward({ logits, targets }: CrossEntropyInputs): TensorInfo[] {
  const [R, V] = logits.shape as [number, number];
  const [losses, totals] = [allocate([R]), allocate([R])];
  kernels().crossEntropyForward({ ...addresses({ logits, targets, losses, totals }), R, V });
  return [losses, totals];
}

function backward({
  dLoss,
  logits,
  targets,
  totals,
}: CrossEntropyInputs & { dLoss: TensorInfo; totals: TensorInfo }): TensorInfo {
  const [R, V] = logits.shape as [number, number];
  const dLogits = allocate(logits.shape);
  const at = addresses({ dLoss, logits, targets, totals, dLogits });
  kernels().crossEntropyBackward({ ...at, R, V });
  return dLogits;
}

export function registerWasmKernels(): void {
  registerWasm('CrossEntropy', forward, ['targets']);
  registerWasm('CrossEntropyGrad', backward, ['targets']);
}
