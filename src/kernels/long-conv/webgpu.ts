import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { sumParts } from '../webgpu/sum-parts.ts';
import { FORWARD_WGSL, INPUT_GRADIENT_WGSL, KERNEL_GRADIENT_WGSL } from './long-conv.wgsl.ts';

/** Kernels `LongConv` and `LongConvGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('LongConv', forward);
  registerWebgpuKernel('LongConvGrad', backward);
}

function launchBase(inputs: Parameters<Kernel>[1]) {
  const [u, K, D] = [need(inputs, 'u'), need(inputs, 'K'), need(inputs, 'D')];
  const [batch, length, channels] = u.shape as [number, number, number];
  const base = {
    constants: { CHANNELS: channels },
    sizes: { size: elements(u), length },
    workgroups: Math.ceil(elements(u) / 64),
  };
  return { u, K, D, batch, length, channels, base };
}

const forward: Kernel = (backend, inputs) => {
  const { u, K, D, base } = launchBase(inputs);
  const out = newTensor(backend, ...u.shape);
  const reads = { u, K, D };
  launch(backend, { ...base, name: 'LongConv', wgsl: FORWARD_WGSL, reads, writes: { out } });
  return out;
};

const backward: Kernel = (backend, inputs) => {
  const { u, K, D, batch, length, channels, base } = launchBase(inputs);
  const d_out = need(inputs, 'dOut');
  const [du, parts] = [newTensor(backend, ...u.shape), newTensor(backend, ...u.shape)];
  launch(backend, {
    ...base,
    name: 'LongConvGrad input',
    wgsl: INPUT_GRADIENT_WGSL,
    reads: { d_out, K, D },
    writes: { du },
  });
  launch(backend, {
    ...base,
    name: 'LongConvGrad kernel',
    wgsl: KERNEL_GRADIENT_WGSL,
    reads: { d_out, u },
    writes: { parts },
  });
  const where = { count: batch, stride: length * channels };
  const dK = sumParts(backend, parts, where, [length, channels]);
  // The skip connection is one more product at lag zero.
  const dD = sumParts(backend, parts, where, [channels]);
  backend.disposeData(parts.dataId);
  return [du, dK, dD];
};
