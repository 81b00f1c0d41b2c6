import type { RandomStream } from '../numerics/random.ts';
import { dot } from '../numerics/vectors.ts';
import type { PromptShape } from './prompts.ts';

/** x ~ N(0, I), coordinates beyond `activeDims` zero. @returns [batch points d] */
export function gaussianInputs(
  { batch, points, d, activeDims = d }: PromptShape,
  random: RandomStream,
): Float32Array {
  const xs = random.normals(batch * points * d);
  zeroBeyond(xs, activeDims, d);
  return xs;
}

/** Sets the components of every row from `active` on to zero, in place. @param rows [n d] */
export function zeroBeyond(rows: Float32Array, active: number, d: number): void {
  for (let start = 0; start < rows.length; start += d) rows.fill(0, start + active, start + d);
}

/**
 * y = w · x with one w per prompt.
 * @param xs [batch points d]
 * @param w [batch d]
 * @returns [batch points]
 */
export function linearValues(xs: Float32Array, w: Float32Array, d: number): Float32Array {
  const points = xs.length / w.length;
  return Float32Array.from({ length: xs.length / d }, (_, i) => {
    const prompt = Math.floor(i / points);
    return dot(xs.subarray(i * d, (i + 1) * d), w.subarray(prompt * d, (prompt + 1) * d));
  });
}
