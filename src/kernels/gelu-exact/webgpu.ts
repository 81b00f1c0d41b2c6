import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import { BACKWARD_WGSL, FORWARD_WGSL } from './gelu-exact.wgsl.ts';

/** Kernels `GeluExact` and `GeluExactGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('GeluExact', (backend, inputs) => {
    const x = need(inputs, 'x');
    const out = newTensor(backend, ...x.shape);
    launch(backend, {
      name: 'GeluExact',
      wgsl: FORWARD_WGSL,
      reads: { x },
      writes: { out },
      sizes: { size: elements(x) },
      workgroups: Math.ceil(elements(x) / 64),
    });
    return out;
  });
  registerWebgpuKernel('GeluExactGrad', (backend, inputs) => {
    const x = need(inputs, 'x');
    const dx = newTensor(backend, ...x.shape);
    launch(backend, {
      name: 'GeluExactGrad',
      wgsl: BACKWARD_WGSL,
      reads: { d_out: need(inputs, 'dOut'), x },
      writes: { dx },
      sizes: { size: elements(x) },
      workgroups: Math.ceil(elements(x) / 64),
    });
    return dx;
  });
}
