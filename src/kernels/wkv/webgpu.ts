import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { launch, need, newTensor, pack, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { sumParts } from '../webgpu/sum-parts.ts';
import { BACKWARD_WGSL, forwardWgsl } from './wkv.wgsl.ts';

/** Kernels `Wkv` and `WkvGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('Wkv', forward);
  registerWebgpuKernel('WkvGrad', backward);
}

function launchBase(backend: WebGPUBackend, inputs: Parameters<Kernel>[1]) {
  const [k, v] = [need(inputs, 'k'), need(inputs, 'v')];
  const [batch, length, channels] = k.shape as [number, number, number];
  const channel = newTensor(backend, 2 * channels);
  pack(backend, channel, [need(inputs, 'w'), need(inputs, 'u')]);
  const columns = batch * channels;
  const base = {
    constants: { CHANNELS: channels },
    sizes: { columns, length },
    workgroups: Math.ceil(columns / 64),
  };
  return { k, v, batch, channels, channel, base };
}

const forward: Kernel = (backend, inputs) => {
  const { k, v, batch, channels, channel, base } = launchBase(backend, inputs);
  const out = newTensor(backend, ...k.shape);
  const lastState = newTensor(backend, batch, 3, channels);
  launch(backend, {
    ...base,
    name: 'Wkv',
    wgsl: forwardWgsl(inputs.state !== undefined),
    reads: { k, v, channel, ...(inputs.state && { state: inputs.state }) },
    writes: { out, last_state: lastState },
  });
  backend.disposeData(channel.dataId);
  return [out, lastState];
};

const backward: Kernel = (backend, inputs) => {
  const { k, v, batch, channels, channel, base } = launchBase(backend, inputs);
  const [dk, dv, tops] = [k, v, k].map(({ shape }) => newTensor(backend, ...shape)) as [
    typeof k,
    typeof k,
    typeof k,
  ];
  const parts = newTensor(backend, batch, 2, channels);
  launch(backend, {
    ...base,
    name: 'WkvGrad',
    wgsl: BACKWARD_WGSL,
    reads: { d_out: need(inputs, 'dOut'), k, v, channel },
    writes: { dk, dv, tops, parts },
  });
  const sum = (offset: number) =>
    sumParts(backend, parts, { offset, count: batch, stride: 2 * channels }, [channels]);
  const gradients = [dk, dv, sum(0), sum(channels)];
  for (const { dataId } of [channel, tops, parts]) backend.disposeData(dataId);
  return gradients;
};
