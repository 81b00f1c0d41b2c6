import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { launch, newTensor } from './dispatch.ts';

const SUM_PARTS_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  var sum = 0.0;
  for (var part = 0u; part < sizes.count; part++) {
    sum += parts[sizes.offset + part * sizes.stride + i];
  }
  out[i] = sum;
}
`;

/**
 * The second pass of a reduction, in a fixed order because WGSL has no float atomics:
 * out[i] = Σ_part parts[offset + part · stride + i].
 */
export function sumParts(
  backend: WebGPUBackend,
  parts: TensorInfo,
  where: { offset?: number; count: number; stride: number },
  shape: number[],
): TensorInfo {
  const out = newTensor(backend, ...shape);
  const size = shape.reduce((product, n) => product * n, 1);
  launch(backend, {
    name: 'SumParts',
    wgsl: SUM_PARTS_WGSL,
    reads: { parts },
    writes: { out },
    sizes: { size, offset: where.offset ?? 0, count: where.count, stride: where.stride },
    workgroups: Math.ceil(size / 64),
  });
  return out;
}

/** Rows that one invocation of a first pass over rows adds up. */
export const ROWS_PER_PART = 64;
