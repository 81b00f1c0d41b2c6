import { getKernel } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { BACKWARD_WGSL, FORWARD_WGSL } from './lstm.wgsl.ts';

/** Kernels `Lstm` and `LstmGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('Lstm', forward);
  registerWebgpuKernel('LstmGrad', backward);
}

/** Bytes of workgroup memory a unit takes in the backward pass. */
const BYTES_PER_UNIT = 16;

function launchBase(backend: WebGPUBackend, inputs: Parameters<Kernel>[1]) {
  const [x, weight] = [need(inputs, 'x'), need(inputs, 'weight')];
  const [batch, length] = x.shape as [number, number];
  const hidden = weight.shape[1] as number;
  const limit = backend.device.limits.maxComputeWorkgroupStorageSize;
  if (hidden * BYTES_PER_UNIT > limit) {
    throw new Error(
      `Lstm: expected at most ${limit / BYTES_PER_UNIT} hidden units on this GPU, got ${hidden}; use fewer`,
    );
  }
  const base = {
    constants: { HIDDEN: hidden },
    sizes: { length },
    workgroups: batch,
    workgroupSize: Math.min(256, 64 * Math.ceil(hidden / 64)),
  };
  const states = () => newTensor(backend, batch, length, hidden);
  return { x, weight, weight_t: transposed(backend, weight), states, base };
}

function transposed(backend: WebGPUBackend, x: TensorInfo): TensorInfo {
  const stock = getKernel('Transpose', 'webgpu');
  if (!stock) throw new Error('Lstm: expected the stock kernel Transpose, got none; load it');
  return stock.kernelFunc({ inputs: { x }, backend, attrs: { perm: [1, 0] } }) as TensorInfo;
}

const forward: Kernel = (backend, inputs) => {
  const { x, weight_t, states, base } = launchBase(backend, inputs);
  const out = states();
  const reads = { x, weight_t };
  launch(backend, { ...base, name: 'Lstm', wgsl: FORWARD_WGSL, reads, writes: { out } });
  backend.disposeData(weight_t.dataId);
  return out;
};

const backward: Kernel = (backend, inputs) => {
  const { x, weight, weight_t, states, base } = launchBase(backend, inputs);
  const d_x = newTensor(backend, ...x.shape);
  const [previous, cells] = [states(), states()];
  launch(backend, {
    ...base,
    name: 'LstmGrad',
    wgsl: BACKWARD_WGSL,
    reads: { d_out: need(inputs, 'dOut'), x, weight, weight_t },
    writes: { d_x, previous, cells },
  });
  for (const { dataId } of [weight_t, cells]) backend.disposeData(dataId);
  return [d_x, previous];
};
