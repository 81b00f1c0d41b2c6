import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import {
  LANES,
  forwardWgsl,
  inVectors,
  keyValueGradientWgsl,
  queryGradientWgsl,
} from './attention.wgsl.ts';

/** Kernels `CausalAttention` and `CausalAttentionGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('CausalAttention', forward);
  registerWebgpuKernel('CausalAttentionGrad', backward);
}

function launchBase(qkv: TensorInfo, attributes: NamedAttrMap) {
  const [batch, length, triple] = qkv.shape as [number, number, number];
  const heads = attributes.heads as number;
  const width = triple / 3;
  const head = width / heads;
  const base = {
    vectors: inVectors(head) ? ['qkv', 'out', 'd_out', 'dqkv'] : [],
    constants: { HEADS: heads },
    sizes: { length },
    scalars: { scale: 1 / Math.sqrt(head) },
    workgroups: batch * heads * Math.ceil(length / LANES),
    workgroupSize: LANES,
  };
  return { batch, length, heads, head, width, base };
}

const forward: Kernel = (backend, inputs, attributes) => {
  const qkv = need(inputs, 'qkv');
  const { batch, length, head, width, base } = launchBase(qkv, attributes);
  const out = newTensor(backend, batch, length, width);
  launch(backend, {
    ...base,
    name: 'CausalAttention',
    wgsl: forwardWgsl(head),
    reads: { qkv },
    writes: { out },
  });
  return out;
};

const backward: Kernel = (backend, inputs, attributes) => {
  const reads = { d_out: need(inputs, 'dOut'), qkv: need(inputs, 'qkv') };
  const { batch, length, heads, head, base } = launchBase(reads.qkv, attributes);
  const name = 'CausalAttentionGrad';
  const stats = newTensor(backend, batch, heads, length, 2);
  const dqkv = newTensor(backend, ...reads.qkv.shape);
  launch(backend, {
    ...base,
    name: `${name} queries`,
    wgsl: queryGradientWgsl(head),
    reads,
    writes: { dqkv, stats },
  });
  launch(backend, {
    ...base,
    name: `${name} keys`,
    wgsl: keyValueGradientWgsl(head),
    reads: { ...reads, stats },
    writes: { dqkv },
  });
  backend.disposeData(stats.dataId);
  return dqkv;
};
