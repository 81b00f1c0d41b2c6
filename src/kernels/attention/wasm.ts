import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface AttentionAttributes {
  heads: number;
}

function operands(qkv: TensorInfo, heads: number): number[] {
  const [prompts, length, width] = qkv.shape as [number, number, number];
  const channels = width / 3;
  const work = scratch(kernels().attentionScratch(length, channels / heads));
  return [prompts, length, channels, heads, work];
}

function forward({ qkv }: { qkv: TensorInfo }, { heads }: AttentionAttributes): TensorInfo {
  const [prompts, length, width] = qkv.shape as [number, number, number];
  const out = allocate([prompts, length, width / 3]);
  const rest = operands(qkv, heads);
  kernels().attentionForward(address(qkv), address(out), ...rest);
  return out;
}

function backward(
  { dOut, qkv }: { dOut: TensorInfo; qkv: TensorInfo },
  { heads }: AttentionAttributes,
): TensorInfo {
  const dQkv = allocate(qkv.shape);
  const rest = operands(qkv, heads);
  kernels().attentionBackward(address(dOut), address(qkv), address(dQkv), ...rest);
  return dQkv;
}

export function registerWasmKernels(): void {
  registerWasm('CausalAttention', forward);
  registerWasm('CausalAttentionGrad', backward);
}
