import type { RandomStream } from '../training/random.ts';
import type { PromptShape } from './prompts.ts';

/** Plain float64 sums in a fixed order: the same bits in every engine. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

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

/** rows · matrix. @param rows [n d] @param matrix [d d], row-major @returns [n d] */
export function transformRows(rows: Float32Array, matrix: Float64Array, d: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += d) {
    for (let column = 0; column < d; column++) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += rows[start + i]! * matrix[i * d + column]!;
      result[start + column] = sum;
    }
  }
  return result;
}

/** What is left of x outside the span of an orthonormal basis. Two passes, for x almost inside it. */
export function orthogonalPart(
  x: ArrayLike<number>,
  basis: readonly Float64Array[],
): Float64Array<ArrayBuffer> {
  const rest = Float64Array.from(x);
  for (const direction of [...basis, ...basis]) {
    const along = dot(rest, direction);
    for (let j = 0; j < rest.length; j++) rest[j]! -= along * direction[j]!;
  }
  return rest;
}

/** x · length / ‖x‖ */
export function withLength<T extends Float64Array>(x: T, length: number): Float64Array {
  const factor = length / Math.sqrt(dot(x, x));
  return x.map((value) => value * factor);
}
