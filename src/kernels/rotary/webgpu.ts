import { elements, launch, need, newTensor, registerWebgpuKernel } from '../webgpu/dispatch.ts';
import { ROTARY_WGSL } from './rotary.wgsl.ts';

/** Kernel `Rotary`; contract in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('Rotary', (backend, inputs, attributes) => {
    const [x, turns] = [need(inputs, 'x'), need(inputs, 'table')];
    const { heads, paired, inverse } = attributes as unknown as {
      heads: number;
      paired: boolean;
      inverse: boolean;
    };
    const width = x.shape[2] as number;
    const [lists, length, pairs] = turns.shape as [number, number, number];
    const out = newTensor(backend, ...x.shape);
    launch(backend, {
      name: 'Rotary',
      wgsl: ROTARY_WGSL,
      reads: { x, turns },
      writes: { out },
      constants: { HEAD: width / heads, TURNS: pairs, PAIRED: Number(paired) },
      sizes: { size: elements(x), width, listed: lists * length },
      scalars: { sign: inverse ? -1 : 1 },
      workgroups: Math.ceil(elements(x) / 64),
    });
    return out;
  });
}
