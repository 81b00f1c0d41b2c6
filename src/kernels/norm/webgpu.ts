import { launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { ROWS_PER_PART, sumParts } from '../webgpu/sum-parts.ts';
import { PARAMETERS_WGSL, backwardWgsl, forwardWgsl } from './norm.wgsl.ts';

/** Kernels `RmsNorm`, `LayerNorm` and their gradients; contracts in op.ts. */
export function registerWebgpu(): void {
  for (const [name, centred] of [
    ['RmsNorm', false],
    ['LayerNorm', true],
  ] as const) {
    registerWebgpuKernel(name, forward(name, centred));
    registerWebgpuKernel(`${name}Grad`, backward(`${name}Grad`, centred));
  }
}

const forward =
  (name: string, centred: boolean): Kernel =>
  (backend, inputs, { epsilon }) => {
    const x = need(inputs, 'x');
    const [rows, size] = x.shape as [number, number];
    const out = newTensor(backend, rows, size);
    const bias = centred ? { bias: need(inputs, 'bias') } : {};
    launch(backend, {
      name,
      wgsl: forwardWgsl(centred),
      reads: { x, weight: need(inputs, 'weight'), ...bias },
      writes: { out },
      constants: { SIZE: size },
      scalars: { epsilon: epsilon as number },
      workgroups: rows,
    });
    return out;
  };

const backward =
  (name: string, centred: boolean): Kernel =>
  (backend, inputs, { epsilon }) => {
    const [x, d_out] = [need(inputs, 'x'), need(inputs, 'dOut')];
    const [rows, size] = x.shape as [number, number];
    const [dx, stats] = [newTensor(backend, rows, size), newTensor(backend, rows, 2)];
    launch(backend, {
      name,
      wgsl: backwardWgsl(centred),
      reads: { d_out, x, weight: need(inputs, 'weight') },
      writes: { dx, stats },
      constants: { SIZE: size },
      scalars: { epsilon: epsilon as number },
      workgroups: rows,
    });
    const count = Math.ceil(rows / ROWS_PER_PART);
    const parts = newTensor(backend, count, 2, size);
    launch(backend, {
      name: `${name} parameters`,
      wgsl: PARAMETERS_WGSL,
      reads: { d_out, x, stats },
      writes: { parts },
      constants: { SIZE: size, ROWS: ROWS_PER_PART },
      sizes: { rows },
      workgroups: Math.ceil((count * size) / 64),
    });
    const sum = (offset: number) =>
      sumParts(backend, parts, { offset, count, stride: 2 * size }, [size]);
    const gradients = centred ? [dx, sum(0), sum(size)] : [dx, sum(0)];
    backend.disposeData(stats.dataId);
    backend.disposeData(parts.dataId);
    return gradients;
  };
