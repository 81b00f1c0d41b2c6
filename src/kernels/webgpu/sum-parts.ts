import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { launch, newTensor } from './dispatch.ts';

/** SHARES lanes add up an output's parts, each every SHARES-th of them. */
const SUM_PARTS_WGSL = /* wgsl */ `
const OUTPUTS = WORKGROUP_SIZE / SHARES;
var<workgroup> sums: array<f32, WORKGROUP_SIZE>;

fn run(group: u32, lane: u32) {
  let i = group * OUTPUTS + lane % OUTPUTS;
  let share = lane / OUTPUTS;
  var sum = 0.0;
  if (i < sizes.size) {
    for (var part = share; part < sizes.count; part += SHARES) {
      sum += parts[sizes.offset + part * sizes.stride + i];
    }
  }
  sums[lane] = sum;
  workgroupBarrier();
  if (share > 0u || i >= sizes.size) { return; }
  for (var other = lane + OUTPUTS; other < WORKGROUP_SIZE; other += OUTPUTS) { sum += sums[other]; }
  out[i] = sum;
}
`;

/** Parts from which on lanes share an output, and how many do. */
const SHARES = 16;
const OUTPUTS = 16;

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
  const [shares, outputs] = where.count < SHARES ? [1, 64] : [SHARES, OUTPUTS];
  launch(backend, {
    name: 'SumParts',
    wgsl: SUM_PARTS_WGSL,
    reads: { parts },
    writes: { out },
    constants: { SHARES: shares },
    sizes: { size, offset: where.offset ?? 0, count: where.count, stride: where.stride },
    workgroups: Math.ceil(size / outputs),
    workgroupSize: shares * outputs,
  });
  return out;
}

/** Rows that one invocation of a first pass over rows adds up. */
export const ROWS_PER_PART = 16;
