import { getKernel } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { multiply } from '../matmul/webgpu.ts';
import type { Product } from '../matmul/webgpu.ts';
import { expectType, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { ROWS_PER_PART, sumParts } from '../webgpu/sum-parts.ts';
import { COLUMN_PARTS_WGSL } from './linear.wgsl.ts';

/** Kernels `Linear` and `ColumnSum`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('Linear', linear);
  registerWebgpuKernel('ColumnSum', columnSum);
}

const linear: Kernel = (backend, inputs, { layout }) => {
  const [x, weight] = [need(inputs, 'x'), need(inputs, 'weight')];
  for (const [name, input] of Object.entries(inputs)) {
    if (input) expectType(`Linear ${name}`, input);
  }
  const transposeB = layout === 'out_in';
  const product = {
    a: x,
    b: weight,
    ...(inputs.bias && { bias: inputs.bias }),
    transposeA: false,
    transposeB,
  };
  return multiply(backend, product) ?? stockLinear(backend, product);
};

function stockLinear(backend: WebGPUBackend, { a, b, bias, transposeB }: Product): TensorInfo {
  const stock = getKernel('_FusedMatMul', 'webgpu');
  if (!stock) throw new Error('Linear: expected the stock kernel _FusedMatMul, got none; load it');
  const batched = (tensor: TensorInfo): TensorInfo => ({ ...tensor, shape: [1, ...tensor.shape] });
  const product = stock.kernelFunc({
    inputs: { a: batched(a), b: batched(b), bias },
    backend,
    attrs: { transposeA: false, transposeB, activation: 'linear' },
  }) as TensorInfo;
  return { ...product, shape: product.shape.slice(1) };
}

const columnSum: Kernel = (backend, inputs) => {
  const x = need(inputs, 'x');
  const [rows, width] = x.shape as [number, number];
  const count = Math.ceil(rows / ROWS_PER_PART);
  const parts = newTensor(backend, count, width);
  launch(backend, {
    name: 'ColumnSum',
    wgsl: COLUMN_PARTS_WGSL,
    reads: { x },
    writes: { parts },
    constants: { ROWS: ROWS_PER_PART },
    sizes: { rows, width },
    workgroups: Math.ceil((count * width) / 64),
  });
  const sum = sumParts(backend, parts, { count, stride: width }, [width]);
  backend.disposeData(parts.dataId);
  return sum;
};
