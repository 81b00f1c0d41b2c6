import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { CLEAR_WGSL, EMBEDDING_GRAD_WGSL, EMBEDDING_WGSL } from './embedding.wgsl.ts';

/** Kernels `Embedding` and `EmbeddingGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('Embedding', forward);
  registerWebgpuKernel('EmbeddingGrad', backward);
}

const forward: Kernel = (backend, inputs) => {
  const [ids, weight] = [need(inputs, 'ids'), need(inputs, 'weight')];
  const [rows, size] = weight.shape as [number, number];
  const out = newTensor(backend, elements(ids), size);
  launch(backend, {
    name: 'Embedding',
    wgsl: EMBEDDING_WGSL,
    reads: { ids, weight },
    writes: { out },
    integers: ['ids'],
    constants: { SIZE: size },
    sizes: { size: elements(out), rows },
    workgroups: Math.ceil(elements(out) / 64),
  });
  return out;
};

const backward: Kernel = (backend, inputs, attributes) => {
  const [d_out, ids] = [need(inputs, 'dOut'), need(inputs, 'ids')];
  const rows = attributes['rows'] as number;
  const [count, size] = d_out.shape as [number, number];
  const d_weight = newTensor(backend, rows, size);
  launch(backend, {
    name: 'EmbeddingClear',
    wgsl: CLEAR_WGSL,
    reads: {},
    writes: { d_weight },
    sizes: { size: elements(d_weight) },
    workgroups: Math.ceil(elements(d_weight) / 64),
  });
  const blocks = Math.ceil(size / 64);
  launch(backend, {
    name: 'EmbeddingGrad',
    wgsl: EMBEDDING_GRAD_WGSL,
    reads: { d_out, ids },
    writes: { d_weight },
    integers: ['ids'],
    constants: { SIZE: size, BLOCKS: blocks },
    sizes: { count, rows },
    workgroups: count * blocks,
  });
  return d_weight;
};
