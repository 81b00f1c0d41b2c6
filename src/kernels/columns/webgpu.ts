import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import { COPY_COLUMNS_WGSL } from './columns.wgsl.ts';

/** Kernels `SplitColumns` and `ConcatColumns`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('SplitColumns', (backend, inputs, { sizes }) => {
    const x = need(inputs, 'x');
    let origin = 0;
    return (sizes as number[]).map((size) => {
      const part = newTensor(backend, x.shape[0] as number, size);
      copyColumns(backend, x, part, { size, origin, to: 0 });
      origin += size;
      return part;
    });
  });
  registerWebgpuKernel('ConcatColumns', (backend, inputs) => {
    const parts = Object.keys(inputs).map((_, i) => need(inputs, String(i)));
    const width = parts.reduce((sum, part) => sum + (part.shape[1] as number), 0);
    const out = newTensor(backend, parts[0]?.shape[0] as number, width);
    let to = 0;
    for (const part of parts) {
      const size = part.shape[1] as number;
      copyColumns(backend, part, out, { size, origin: 0, to });
      to += size;
    }
    return out;
  });
}

function copyColumns(
  backend: WebGPUBackend,
  source: TensorInfo,
  target: TensorInfo,
  place: { size: number; origin: number; to: number },
): void {
  const [rows, source_width] = source.shape as [number, number];
  const target_width = target.shape[1] as number;
  const { size, origin, to } = place;
  const widths = [source_width, target_width, size, origin, to];
  const unit = widths.every((width) => width % 4 === 0) ? 4 : 1;
  launch(backend, {
    name: 'CopyColumns',
    wgsl: COPY_COLUMNS_WGSL,
    reads: { source_rows: source },
    writes: { target_rows: target },
    vectors: unit === 4 ? ['source_rows', 'target_rows'] : [],
    sizes: {
      rows,
      source_width: source_width / unit,
      target_width: target_width / unit,
      size: size / unit,
      origin: origin / unit,
      to: to / unit,
    },
    workgroups: Math.ceil((rows * size) / unit / 64),
  });
}
