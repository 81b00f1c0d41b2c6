import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { ROWS_PER_PART, sumParts } from '../webgpu/sum-parts.ts';
import { FORWARD_WGSL, INPUT_GRADIENT_WGSL, MIX_GRADIENT_WGSL } from './token-mix.wgsl.ts';

/** Kernels `TokenMix` and `TokenMixGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('TokenMix', forward);
  registerWebgpuKernel('TokenMixGrad', backward);
}

function launchBase(inputs: Parameters<Kernel>[1]) {
  const [x, mix_of] = [need(inputs, 'x'), need(inputs, 'mix')];
  const [batch, length, channels] = x.shape as [number, number, number];
  const rows = batch * length;
  const base = {
    name: 'TokenMix',
    constants: { CHANNELS: channels },
    sizes: { rows, length },
    workgroups: Math.ceil(elements(x) / 64),
  };
  return { x, mix_of, rows, channels, base };
}

const forward: Kernel = (backend, inputs) => {
  const { x, mix_of, base } = launchBase(inputs);
  const out = newTensor(backend, ...x.shape);
  launch(backend, { ...base, wgsl: FORWARD_WGSL, reads: { x, mix_of }, writes: { out } });
  return out;
};

const backward: Kernel = (backend, inputs) => {
  const { x, mix_of, rows, channels, base } = launchBase(inputs);
  const d_out = need(inputs, 'dOut');
  const dx = newTensor(backend, ...x.shape);
  launch(backend, { ...base, wgsl: INPUT_GRADIENT_WGSL, reads: { d_out, mix_of }, writes: { dx } });
  const count = Math.ceil(rows / ROWS_PER_PART);
  const parts = newTensor(backend, count, channels);
  launch(backend, {
    ...base,
    wgsl: MIX_GRADIENT_WGSL,
    reads: { d_out, x },
    writes: { parts },
    constants: { CHANNELS: channels, ROWS: ROWS_PER_PART },
    workgroups: Math.ceil((count * channels) / 64),
  });
  const dMix = sumParts(backend, parts, { count, stride: channels }, [channels]);
  backend.disposeData(parts.dataId);
  return [dx, dMix];
};
