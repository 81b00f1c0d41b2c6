import type { RandomStream } from '../training/random.ts';
import type { Prompts, PromptShape } from './prompts.ts';

/** `isotropic`: x ~ N(0, I). `skewed`: covariance eigenvalues ∝ 1/i² in a random basis, trace d. */
export type InputDistribution = 'isotropic' | 'skewed';

/**
 * Noise-free linear regression in context: y = w · x with w ~ N(0, I_d) per prompt (PAPER 2.1).
 *
 * Skewed inputs follow the paper's code, not its appendix: x = z B with B = U diag(1/i) Uᵀ
 * sqrt(d / Σ 1/i²), where the appendix has 1/i². One basis U is drawn per batch and shared by its prompts.
 * Coordinates beyond `activeDims` are zeroed after that, w keeps all d.
 */
export function sampleLinearRegression(
  inputs: InputDistribution,
  { batch, points, d, activeDims = d }: PromptShape,
  random: RandomStream,
): Prompts {
  const xs = random.fork('x').normals(batch * points * d);
  if (inputs === 'skewed') applyMatrix(xs, skewMatrix(d, random.fork('basis')), d);
  const w = random.fork('w').normals(batch * d);
  const ys = new Float32Array(batch * points);
  for (let i = 0; i < batch * points; i++) {
    const x = xs.subarray(i * d, (i + 1) * d);
    x.fill(0, activeDims);
    const offset = Math.floor(i / points) * d;
    ys[i] = x.reduce((sum, value, j) => sum + value * (w[offset + j] as number), 0);
  }
  return { batch, points, d, xs, ys };
}

/** The symmetric matrix B [d d], row-major. */
export function skewMatrix(d: number, random: RandomStream): Float64Array {
  const basis = randomBasis(d, random);
  let trace = 0;
  for (let i = 1; i <= d; i++) trace += 1 / (i * i);
  const scale = Math.sqrt(d / trace);
  const matrix = new Float64Array(d * d);
  for (const [i, direction] of basis.entries()) {
    for (let row = 0; row < d; row++) {
      for (let column = 0; column < d; column++) {
        const outer = (direction[row] as number) * (direction[column] as number);
        matrix[row * d + column]! += (scale / (i + 1)) * outer;
      }
    }
  }
  return matrix;
}

/** d orthonormal directions, uniform (Haar), as the singular vectors of a Gaussian matrix are. */
function randomBasis(d: number, random: RandomStream): Float64Array[] {
  const basis: Float64Array[] = [];
  while (basis.length < d) {
    const direction = Float64Array.from({ length: d }, () => random.normal());
    for (const earlier of basis) {
      const along = dot(direction, earlier);
      for (let j = 0; j < d; j++) direction[j]! -= along * (earlier[j] as number);
    }
    const length = Math.sqrt(dot(direction, direction));
    basis.push(direction.map((value) => value / length));
  }
  return basis;
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** rows ← rows · matrix, in place. rows [n d] */
function applyMatrix(rows: Float32Array, matrix: Float64Array, d: number): void {
  const row = new Float64Array(d);
  for (let start = 0; start < rows.length; start += d) {
    row.set(rows.subarray(start, start + d));
    for (let column = 0; column < d; column++) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += (row[i] as number) * (matrix[i * d + column] as number);
      rows[start + column] = sum;
    }
  }
}
