import { launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { sumParts } from '../webgpu/sum-parts.ts';
import { BACKWARD_WGSL, FORWARD_WGSL } from './s4d-kernel.wgsl.ts';

/** Kernels `S4dKernel` and `S4dKernelGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('S4dKernel', forward);
  registerWebgpuKernel('S4dKernelGrad', backward);
}

function launchBase(inputs: Parameters<Kernel>[1], length: number) {
  const reads = {
    log_dt: need(inputs, 'log_dt'),
    log_A_real: need(inputs, 'log_A_real'),
    A_imag: need(inputs, 'A_imag'),
    c_parts: need(inputs, 'C'),
  };
  const [channels, modes] = reads.A_imag.shape as [number, number];
  const base = { constants: { CHANNELS: channels, MODES: modes }, sizes: { length } };
  return { reads, channels, modes, base };
}

const forward: Kernel = (backend, inputs, attributes) => {
  const length = attributes.length as number;
  const { reads, channels, base } = launchBase(inputs, length);
  const K = newTensor(backend, length, channels);
  launch(backend, {
    ...base,
    name: 'S4dKernel',
    wgsl: FORWARD_WGSL,
    reads,
    writes: { K },
    workgroups: Math.ceil((length * channels) / 64),
  });
  return K;
};

const backward: Kernel = (backend, inputs, attributes) => {
  const { reads, channels, modes, base } = launchBase(inputs, attributes.length as number);
  const size = channels * modes;
  const d_modes = newTensor(backend, 4, channels, modes);
  const parts = newTensor(backend, modes, channels);
  launch(backend, {
    ...base,
    name: 'S4dKernelGrad',
    wgsl: BACKWARD_WGSL,
    reads: { d_out: need(inputs, 'dOut'), ...reads },
    writes: { d_modes, parts },
    workgroups: Math.ceil(size / 64),
  });
  const from = (offset: number, ...shape: number[]) =>
    sumParts(backend, d_modes, { offset, count: 1, stride: 0 }, shape);
  const gradients = [
    sumParts(backend, parts, { count: modes, stride: channels }, [channels]),
    from(0, channels, modes),
    from(size, channels, modes),
    from(2 * size, channels, modes, 2),
  ];
  for (const { dataId } of [d_modes, parts]) backend.disposeData(dataId);
  return gradients;
};
