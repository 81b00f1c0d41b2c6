import type { RandomStream } from './random.ts';

/** Plain float64 sums in a fixed order: the same bits in every engine. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
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

/** Orthonormal directions in d dimensions, uniform (Haar), as the singular vectors of a Gaussian matrix are. */
export function randomDirections(count: number, d: number, random: RandomStream): Float64Array[] {
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const direction = Float64Array.from({ length: d }, () => random.normal());
    basis.push(withLength(orthogonalPart(direction, basis), 1));
  }
  return basis;
}
