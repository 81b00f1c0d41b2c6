import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { ROWS_PER_PART, sumParts } from '../webgpu/sum-parts.ts';
import {
  FORWARD_WGSL,
  INPUT_GRADIENT_WGSL,
  PARAMETERS_WGSL,
  PRE_GRADIENT_WGSL,
} from './conv.wgsl.ts';

/** Kernels `CausalConvSilu` and `CausalConvSiluGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('CausalConvSilu', forward);
  registerWebgpuKernel('CausalConvSiluGrad', backward);
}

function launchBase(inputs: Parameters<Kernel>[1]) {
  const x = need(inputs, 'x');
  const [weight, bias] = [need(inputs, 'weight'), need(inputs, 'bias')];
  const [batch, length, channels] = x.shape as [number, number, number];
  const width = weight.shape[1] as number;
  const base = {
    constants: { CHANNELS: channels, WIDTH: width },
    sizes: { rows: batch * length, length },
    workgroups: Math.ceil(elements(x) / 64),
  };
  return { x, weight, bias, rows: batch * length, channels, width, base };
}

const forward: Kernel = (backend, inputs) => {
  const { x, weight, bias, base } = launchBase(inputs);
  const out = newTensor(backend, ...x.shape);
  launch(backend, {
    ...base,
    name: 'CausalConvSilu',
    wgsl: FORWARD_WGSL,
    reads: { x, weight, bias },
    writes: { out },
  });
  return out;
};

const backward: Kernel = (backend, inputs) => {
  const { x, weight, bias, rows, channels, width, base } = launchBase(inputs);
  const name = 'CausalConvSiluGrad';
  const d_pre = newTensor(backend, ...x.shape);
  const reads = { d_out: need(inputs, 'dOut'), x, weight, bias };
  launch(backend, { ...base, name, wgsl: PRE_GRADIENT_WGSL, reads, writes: { d_pre } });
  const dx = newTensor(backend, ...x.shape);
  launch(backend, {
    ...base,
    name,
    wgsl: INPUT_GRADIENT_WGSL,
    reads: { d_pre, weight },
    writes: { dx },
  });
  const count = Math.ceil(rows / ROWS_PER_PART);
  const stride = channels * (width + 1);
  const parts = newTensor(backend, count, stride);
  launch(backend, {
    ...base,
    name,
    wgsl: PARAMETERS_WGSL,
    reads: { d_pre, x },
    writes: { parts },
    constants: { ...base.constants, ROWS: ROWS_PER_PART },
    workgroups: Math.ceil((count * stride) / 64),
  });
  const dWeight = sumParts(backend, parts, { count, stride }, [channels, width]);
  const offset = channels * width;
  const dBias = sumParts(backend, parts, { offset, count, stride }, [channels]);
  backend.disposeData(d_pre.dataId);
  backend.disposeData(parts.dataId);
  return [dx, dWeight, dBias];
};
