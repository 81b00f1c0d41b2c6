import { elements, launch, need, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import { ADAM_WGSL } from './adam.wgsl.ts';

/** The scalars of `AdamStep` that differ from one step (counted from 1) to the next. */
export const adamScalars =
  (step: number, learningRate: number) =>
  ({ beta1 = NaN, beta2 = NaN }: Record<string, number>): Record<string, number> => ({
    stepSize: learningRate / (1 - beta1 ** step),
    rootCorrection: 1 / Math.sqrt(1 - beta2 ** step),
  });

/** Kernel `AdamStep`; contract in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('AdamStep', (backend, inputs, attributes) => {
    const { stepSize, rootCorrection, beta1, beta2, epsilon } = attributes as Record<
      string,
      number
    >;
    const [parameter, m, v] = ['parameter', 'm', 'v'].map((name) => need(inputs, name));
    const size = elements(parameter!);
    launch(backend, {
      name: 'AdamStep',
      wgsl: ADAM_WGSL,
      reads: { gradient: need(inputs, 'gradient') },
      writes: { parameter: parameter!, m: m!, v: v! },
      sizes: { size },
      scalars: {
        stepSize: stepSize!,
        rootCorrection: rootCorrection!,
        beta1: beta1!,
        beta2: beta2!,
        // 1 - β is taken in float64: in float32 the rounding of β₂ = 0.999 would cost 1e-5 of it.
        rest1: 1 - beta1!,
        rest2: 1 - beta2!,
        epsilon: epsilon!,
      },
      workgroups: Math.ceil(size / 64),
    });
    return [];
  });
}
