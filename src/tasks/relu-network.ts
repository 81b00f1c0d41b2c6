import type { RandomStream } from '../numerics/random.ts';
import { gaussianInputs } from './inputs.ts';
import type { Prompts, PromptShape } from './prompts.ts';

/**
 * Two-layer ReLU networks: x ~ N(0, I), y = sqrt(2 / hidden) Σ_j W2_j relu(x · W1_j) with all weights
 * N(0, 1) (content/methods.mdx, Tasks). E[y²] = d whatever `hidden` is. Only x knows `activeDims`; W1 keeps all d
 * rows.
 */
export function sampleReluNetwork(
  shape: PromptShape,
  random: RandomStream,
  { hidden = 100 }: { hidden?: number } = {},
): Prompts {
  const { batch, points, d } = shape;
  const xs = gaussianInputs(shape, random.fork('x'));
  const first = random.fork('W1').normals(batch * d * hidden);
  const second = random.fork('W2').normals(batch * hidden);
  const ys = new Float32Array(batch * points);
  for (let b = 0; b < batch; b++) {
    const w1 = first.subarray(b * d * hidden, (b + 1) * d * hidden);
    const w2 = second.subarray(b * hidden, (b + 1) * hidden);
    for (let i = b * points; i < (b + 1) * points; i++) {
      ys[i] = Math.sqrt(2 / hidden) * reluNetwork(xs.subarray(i * d, (i + 1) * d), w1, w2);
    }
  }
  return { batch, points, d, xs, ys };
}

/** @param x [d] @param w1 [d hidden] @param w2 [hidden] */
function reluNetwork(x: Float32Array, w1: Float32Array, w2: Float32Array): number {
  const units = new Float64Array(w2.length);
  for (let j = 0; j < x.length; j++) {
    const value = x[j]!;
    const row = j * w2.length;
    for (let h = 0; h < w2.length; h++) units[h]! += value * w1[row + h]!;
  }
  let sum = 0;
  for (let h = 0; h < w2.length; h++) if (units[h]! > 0) sum += units[h]! * w2[h]!;
  return sum;
}
