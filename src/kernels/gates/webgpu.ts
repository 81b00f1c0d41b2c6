import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel, Launch } from '../webgpu/dispatch.ts';
import * as wgsl from './gates.wgsl.ts';

/** Kernels `Glu`, `SigmoidGate`, `SquaredRelu` and their gradients; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('Glu', gluForward);
  registerWebgpuKernel('GluGrad', gluBackward);
  registerWebgpuKernel('SigmoidGate', gateForward);
  registerWebgpuKernel('SigmoidGateGrad', gateBackward);
  registerWebgpuKernel('SquaredRelu', reluForward);
  registerWebgpuKernel('SquaredReluGrad', reluBackward);
}

/** One invocation for each of `size` elements. */
function launchOver(
  backend: WebGPUBackend,
  size: number,
  kernel: Pick<Launch, 'name' | 'wgsl' | 'reads' | 'writes' | 'constants'>,
): void {
  launch(backend, { ...kernel, sizes: { size }, workgroups: Math.ceil(size / 64) });
}

const like = (backend: WebGPUBackend, { shape }: TensorInfo): TensorInfo =>
  newTensor(backend, ...shape);

const gluForward: Kernel = (backend, inputs) => {
  const x = need(inputs, 'x');
  const [rows, width] = x.shape as [number, number];
  const out = newTensor(backend, rows, width / 2);
  launchOver(backend, elements(out), {
    name: 'Glu',
    wgsl: wgsl.GLU_WGSL,
    reads: { x },
    writes: { out },
    constants: { SIZE: width / 2 },
  });
  return out;
};

const gluBackward: Kernel = (backend, inputs) => {
  const [x, d_out] = [need(inputs, 'x'), need(inputs, 'dOut')];
  const dx = like(backend, x);
  launchOver(backend, elements(d_out), {
    name: 'GluGrad',
    wgsl: wgsl.GLU_GRAD_WGSL,
    reads: { d_out, x },
    writes: { dx },
    constants: { SIZE: (x.shape[1] as number) / 2 },
  });
  return dx;
};

const gateForward: Kernel = (backend, inputs) => {
  const [gate, x] = [need(inputs, 'gate'), need(inputs, 'x')];
  const out = like(backend, x);
  launchOver(backend, elements(x), {
    name: 'SigmoidGate',
    wgsl: wgsl.SIGMOID_GATE_WGSL,
    reads: { gate, x },
    writes: { out },
  });
  return out;
};

const gateBackward: Kernel = (backend, inputs) => {
  const [gate, x] = [need(inputs, 'gate'), need(inputs, 'x')];
  const [d_gate, dx] = [like(backend, gate), like(backend, x)];
  launchOver(backend, elements(x), {
    name: 'SigmoidGateGrad',
    wgsl: wgsl.SIGMOID_GATE_GRAD_WGSL,
    reads: { d_out: need(inputs, 'dOut'), gate, x },
    writes: { d_gate, dx },
  });
  return [d_gate, dx];
};

const reluForward: Kernel = (backend, inputs) => {
  const x = need(inputs, 'x');
  const out = like(backend, x);
  launchOver(backend, elements(x), {
    name: 'SquaredRelu',
    wgsl: wgsl.SQUARED_RELU_WGSL,
    reads: { x },
    writes: { out },
  });
  return out;
};

const reluBackward: Kernel = (backend, inputs) => {
  const x = need(inputs, 'x');
  const dx = like(backend, x);
  launchOver(backend, elements(x), {
    name: 'SquaredReluGrad',
    wgsl: wgsl.SQUARED_RELU_GRAD_WGSL,
    reads: { d_out: need(inputs, 'dOut'), x },
    writes: { dx },
  });
  return dx;
};
