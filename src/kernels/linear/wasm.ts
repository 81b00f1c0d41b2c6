import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ABSENT } from '../wasm/exports.ts';
import type { Address } from '../wasm/exports.ts';
import {
  address,
  addresses,
  after,
  allocate,
  kernels,
  registerWasm,
  scratch,
} from '../wasm/module.ts';
import type { WeightLayout } from './op.ts';

interface MatMulInputs {
  a: TensorInfo;
  b: TensorInfo;
}
interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

function linear(
  { x, weight, bias }: { x: TensorInfo; weight: TensorInfo; bias?: TensorInfo },
  { layout }: { layout: WeightLayout },
): TensorInfo {
  const [rows, nIn] = x.shape as [number, number];
  const nOut = weight.shape[layout === 'out_in' ? 0 : 1] as number;
  const out = allocate([rows, nOut]);
  const { gemm, gemmScratch } = kernels();
  const sizes = { M: rows, N: nOut, K: nIn };
  gemm({
    ...addresses({ a: x, b: weight, c: out, bias }),
    ...sizes,
    transposeA: false,
    transposeB: layout === 'out_in',
    scratch: scratch(gemmScratch(sizes)),
  });
  return out;
}

/** Batch axes broadcast as in TensorFlow.js: an axis of size 1 repeats. */
function batchMatMul(
  { a, b }: MatMulInputs,
  { transposeA, transposeB }: MatMulAttributes,
): TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [M, K] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const N = transposeB ? bRows : bColumns;
  const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batch = util.sizeFromShape(lead);
  const batchA = util.sizeFromShape(a.shape.slice(0, -2));
  const batchB = util.sizeFromShape(b.shape.slice(0, -2));
  if ((batchA !== batch && batchA !== 1) || (batchB !== batch && batchB !== 1)) {
    throw new Error(
      `BatchMatMul: expected equal batch axes or one operand without, got [${a.shape.join(' ')}] and [${b.shape.join(' ')}]; tile the smaller one`,
    );
  }
  const out = allocate([...lead, M, N]);
  const { gemm, gemmScratch } = kernels();
  const work = scratch(gemmScratch({ N, K }));
  const at = (tensor: TensorInfo, count: number, index: number, size: number): Address =>
    after(address(tensor), size * (count === 1 ? 0 : index));
  for (let i = 0; i < batch; i++) {
    gemm({
      a: at(a, batchA, i, M * K),
      b: at(b, batchB, i, K * N),
      c: at(out, batch, i, M * N),
      bias: ABSENT,
      M,
      N,
      K,
      transposeA,
      transposeB,
      scratch: work,
    });
  }
  return out;
}

function broadcastShape(a: number[], b: number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const axis = (shape: number[], i: number): number => shape[shape.length - rank + i] ?? 1;
  return Array.from({ length: rank }, (_, i) => Math.max(axis(a, i), axis(b, i)));
}

function columnSum({ x }: { x: TensorInfo }): TensorInfo {
  const [rows, n] = x.shape as [number, number];
  const out = allocate([n]);
  kernels().columnSum({ ...addresses({ x, sums: out }), rows, n });
  return out;
}

export function registerWasmKernels(): void {
  registerWasm('Linear', linear);
  registerWasm('BatchMatMul', batchMatMul);
  registerWasm('ColumnSum', columnSum);
}
