import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import { columnsWgsl } from './columns.wgsl.ts';

/** Kernels `SplitColumns` and `ConcatColumns`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('SplitColumns', (backend, inputs, { sizes }) => {
    const whole = need(inputs, 'x');
    const parts = (sizes as number[]).map((size) => newTensor(backend, whole.shape[0]!, size));
    copyColumns(backend, whole, parts, 'split');
    return parts;
  });
  registerWebgpuKernel('ConcatColumns', (backend, inputs) => {
    const parts = Object.keys(inputs).map((_, i) => need(inputs, String(i)));
    const width = parts.reduce((sum, { shape }) => sum + shape[1]!, 0);
    const whole = newTensor(backend, parts[0]!.shape[0]!, width);
    copyColumns(backend, whole, parts, 'concat');
    return whole;
  });
}

function copyColumns(
  backend: WebGPUBackend,
  whole: TensorInfo,
  parts: readonly TensorInfo[],
  direction: 'split' | 'concat',
): void {
  const named = Object.fromEntries(parts.map((part, j) => [`part_${j}`, part]));
  const unit = parts.every(({ shape }) => shape[1]! % 4 === 0) ? 4 : 1;
  const count = elements(whole) / unit;
  const sizes = Object.fromEntries(
    parts.map(({ shape }, j) => [`size_${j}`, shape[1]! / unit] as const),
  );
  launch(backend, {
    name: 'Columns',
    wgsl: columnsWgsl(parts.length, direction),
    ...(direction === 'split'
      ? { reads: { whole }, writes: named }
      : { reads: named, writes: { whole } }),
    vectors: unit === 4 ? ['whole', ...Object.keys(named)] : [],
    sizes: { count, width: whole.shape[1]! / unit, ...sizes },
    workgroups: Math.ceil(count / 64),
  });
}
