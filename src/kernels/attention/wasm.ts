import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface AttentionAttributes {
  heads: number;
}

function operands(qkv: TensorInfo, heads: number) {
  const [prompts, length, width] = qkv.shape as [number, number, number];
  const channels = width / 3;
  const work = scratch(kernels().attentionScratch({ length, head: channels / heads }));
  return { prompts, length, channels, heads, scratch: work };
}

function forward({ qkv }: { qkv: TensorInfo }, { heads }: AttentionAttributes): TensorInfo {
  const [prompts, length, width] = qkv.shape as [number, number, number];
  const out = allocate([prompts, length, width / 3]);
  const rest = operands(qkv, heads);
  kernels().attentionForward({ ...addresses({ qkv, out }), ...rest });
  return out;
}

function backward(
  { dOut, qkv }: { dOut: TensorInfo; qkv: TensorInfo },
  { heads }: AttentionAttributes,
): TensorInfo {
  const dQkv = allocate(qkv.shape);
  const rest = operands(qkv, heads);
  kernels().attentionBackward({ ...addresses({ dOut, qkv, dQkv }), ...rest });
  return dQkv;
}

export function registerWasmKernels(): void {
  registerWasm('CausalAttention', forward);
  registerWasm('CausalAttentionGrad', backward);
}
