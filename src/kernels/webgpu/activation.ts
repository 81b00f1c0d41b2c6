import { elements, launch, need, newTensor, registerWebgpuKernel } from './dispatch.ts';

/**
 * Registers `<name>` (x → out) and `<name>Grad` (dOut, x → dx) of an activation that works element by
 * element, one invocation each in workgroups of 64.
 */
export function registerActivation(name: string, forwardWgsl: string, backwardWgsl: string): void {
  registerWebgpuKernel(name, (backend, inputs) => {
    const x = need(inputs, 'x');
    const out = newTensor(backend, ...x.shape);
    launch(backend, {
      name,
      wgsl: forwardWgsl,
      reads: { x },
      writes: { out },
      sizes: { size: elements(x) },
      workgroups: Math.ceil(elements(x) / 64),
    });
    return out;
  });
  registerWebgpuKernel(`${name}Grad`, (backend, inputs) => {
    const x = need(inputs, 'x');
    const dx = newTensor(backend, ...x.shape);
    launch(backend, {
      name: `${name}Grad`,
      wgsl: backwardWgsl,
      reads: { d_out: need(inputs, 'dOut'), x },
      writes: { dx },
      sizes: { size: elements(x) },
      workgroups: Math.ceil(elements(x) / 64),
    });
    return dx;
  });
}
