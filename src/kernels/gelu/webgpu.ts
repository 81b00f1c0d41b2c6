import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import { BACKWARD_WGSL, FORWARD_WGSL } from './gelu.wgsl.ts';

/** Kernels `Gelu` and `GeluGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('Gelu', (backend, inputs) => {
    const x = need(inputs, 'x');
    const out = newTensor(backend, ...x.shape);
    launch(backend, {
      name: 'Gelu',
      wgsl: FORWARD_WGSL,
      reads: { x },
      writes: { out },
      sizes: { size: elements(x) },
      workgroups: Math.ceil(elements(x) / 64),
    });
    return out;
  });
  registerWebgpuKernel('GeluGrad', (backend, inputs) => {
    const x = need(inputs, 'x');
    const dx = newTensor(backend, ...x.shape);
    launch(backend, {
      name: 'GeluGrad',
      wgsl: BACKWARD_WGSL,
      reads: { d_out: need(inputs, 'dOut'), x },
      writes: { dx },
      sizes: { size: elements(x) },
      workgroups: Math.ceil(elements(x) / 64),
    });
    return dx;
  });
}
