import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

type Inputs = Record<'q' | 'k' | 'v' | 'first', TensorInfo>;

function attend(
  { q, k, v, first }: Inputs,
  { heads, groups }: { heads: number; groups: number },
): TensorInfo {
  const [B, length, width] = q.shape as [number, number, number];
  const [tokens, head] = [k.shape[1] as number, width / heads];
  const out = allocate(q.shape);
  const { cachedAttention, cachedAttentionScratch } = kernels();
  cachedAttention({
    ...addresses({ q, k, v, first, out }),
    B,
    length,
    tokens,
    heads,
    groups,
    head,
    scratch: scratch(cachedAttentionScratch({ tokens, head })),
  });
  return out;
}

export function registerWasmKernels(): void {
  registerWasm('CachedAttention', attend, ['first']);
}
