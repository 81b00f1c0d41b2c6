import type { RandomStream } from '../numerics/random.ts';
import { randomDirections, transformRows } from '../numerics/vectors.ts';
import { gaussianInputs, linearValues, zeroBeyond } from './inputs.ts';
import type { Prompts, PromptShape } from './prompts.ts';

/** `isotropic`: x ~ N(0, I). `skewed`: covariance eigenvalues ∝ 1/i² in a random basis, trace d. */
export type InputDistribution = 'isotropic' | 'skewed';

/**
 * Noise-free linear regression in context: y = w · x with w ~ N(0, I_d) per prompt (content/methods.mdx, Tasks).
 *
 * Skewed inputs follow the paper's code, not its appendix: x = z B with B = U diag(1/i) Uᵀ
 * sqrt(d / Σ 1/i²), where the appendix has 1/i². One basis U is drawn per batch and shared by its prompts.
 * Coordinates beyond `activeDims` are zeroed after that, w keeps all d.
 */
export function sampleLinearRegression(
  shape: PromptShape,
  random: RandomStream,
  { inputs }: { inputs: InputDistribution },
): Prompts {
  const { batch, points, d, activeDims = d } = shape;
  const z = gaussianInputs({ batch, points, d }, random.fork('x'));
  const xs = inputs === 'skewed' ? transformRows(z, skewMatrix(d, random.fork('basis')), d) : z;
  zeroBeyond(xs, activeDims, d);
  return { batch, points, d, xs, ys: linearValues(xs, random.fork('w').normals(batch * d), d) };
}

/** The symmetric matrix B [d d], row-major. */
export function skewMatrix(d: number, random: RandomStream): Float64Array {
  const basis = randomDirections(d, d, random);
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
