import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';
import type { HalfFormat } from './op.ts';

interface HalfLinearInputs {
  x: TensorInfo;
  words: TensorInfo;
  bias?: TensorInfo;
}

function linear(
  { x, words, bias }: HalfLinearInputs,
  { format }: { format: HalfFormat },
): TensorInfo {
  const [M, K] = x.shape as [number, number];
  const N = words.shape[0] as number;
  const out = allocate([M, N]);
  const { halfGemm, halfScratch } = kernels();
  halfGemm({
    ...addresses({ a: x, b: words, c: out, bias }),
    M,
    N,
    K,
    brain: format === 'BF16',
    scratch: scratch(halfScratch({ M, N, K })),
  });
  return out;
}

function rows(
  { ids, words }: { ids: TensorInfo; words: TensorInfo },
  { columns, format }: { columns: number; format: HalfFormat },
): TensorInfo {
  const n = ids.shape[0] as number;
  const out = allocate([n, columns]);
  const operands = addresses({ ids, b: words, out });
  kernels().halfRows({ ...operands, n, K: columns, brain: format === 'BF16' });
  return out;
}

export function registerWasmKernels(): void {
  registerWasm('HalfLinear', linear, ['words']);
  registerWasm('HalfRows', rows, ['ids', 'words']);
}
