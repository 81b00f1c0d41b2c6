import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import type { Kernel } from '../webgpu/dispatch.ts';
import { CROSS_ENTROPY_GRAD_WGSL, CROSS_ENTROPY_WGSL } from './cross-entropy.wgsl.ts';

/** Kernels `CrossEntropy` and `CrossEntropyGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('CrossEntropy', forward);
  registerWebgpuKernel('CrossEntropyGrad', backward);
}

const forward: Kernel = (backend, inputs) => {
  const [logits, targets] = [need(inputs, 'logits'), need(inputs, 'targets')];
  const [rows, classes] = logits.shape as [number, number];
  const [losses, totals] = [newTensor(backend, rows), newTensor(backend, rows)];
  launch(backend, {
    name: 'CrossEntropy',
    wgsl: CROSS_ENTROPY_WGSL,
    reads: { logits, targets },
    writes: { losses, totals },
    integers: ['targets'],
    sizes: { classes },
    workgroups: rows,
  });
  return [losses, totals];
};

const backward: Kernel = (backend, inputs) => {
  const logits = need(inputs, 'logits');
  const d_logits = newTensor(backend, ...logits.shape);
  launch(backend, {
    name: 'CrossEntropyGrad',
    wgsl: CROSS_ENTROPY_GRAD_WGSL,
    reads: {
      d_loss: need(inputs, 'dLoss'),
      logits,
      targets: need(inputs, 'targets'),
      totals: need(inputs, 'totals'),
    },
    writes: { d_logits },
    integers: ['targets'],
    sizes: { size: elements(logits), classes: logits.shape[1] as number },
    workgroups: Math.ceil(elements(logits) / 64),
  });
  return d_logits;
};
