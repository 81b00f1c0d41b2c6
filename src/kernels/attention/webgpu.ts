import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import {
  FORWARD_WGSL,
  KEY_VALUE_GRADIENT_WGSL,
  QUERY_GRADIENT_WGSL,
  STATS_WGSL,
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
  const base = {
    constants: { HEADS: heads, HEAD: width / heads, WIDTH: width },
    sizes: { rows: batch * length, length },
    scalars: { scale: 1 / Math.sqrt(width / heads) },
    workgroups: Math.ceil((batch * heads * length) / 64),
  };
  return { batch, length, heads, width, base };
}

const forward: Kernel = (backend, inputs, attributes) => {
  const qkv = need(inputs, 'qkv');
  const { batch, length, width, base } = launchBase(qkv, attributes);
  const out = newTensor(backend, batch, length, width);
  launch(backend, {
    ...base,
    name: 'CausalAttention',
    wgsl: FORWARD_WGSL,
    reads: { qkv },
    writes: { out },
  });
  return out;
};

const backward: Kernel = (backend, inputs, attributes) => {
  const reads = { d_out: need(inputs, 'dOut'), qkv: need(inputs, 'qkv') };
  const { batch, length, heads, base } = launchBase(reads.qkv, attributes);
  const name = 'CausalAttentionGrad';
  const stats = newTensor(backend, batch, heads, length, 2);
  launch(backend, { ...base, name, wgsl: STATS_WGSL, reads, writes: { stats } });
  const dqkv = newTensor(backend, ...reads.qkv.shape);
  for (const wgsl of [QUERY_GRADIENT_WGSL, KEY_VALUE_GRADIENT_WGSL]) {
    launch(backend, { ...base, name, wgsl, reads: { ...reads, stats }, writes: { dqkv } });
  }
  backend.disposeData(stats.dataId);
  return dqkv;
};
