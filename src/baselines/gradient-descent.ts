import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { dot } from '../numerics/vectors.ts';
import type { Prompts } from '../tasks/prompts.ts';
import { baseline } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { moments } from './moments.ts';
import type { Moments } from './moments.ts';

export interface DescentOptions {
  /** Steps from w = 0. Published: 24 points on the curve, w = 0 among them, hence 23. */
  steps: number;
  /** γ of GD++; 0, the default, is plain gradient descent. */
  gamma?: number;
}

/**
 * Gradient descent on ‖X w − y‖² / (2 k) from w = 0, with the step 2 / (L + μ) of the extreme eigenvalues of
 * XᵀX / k (content/layers.mdx, Gradient descent as a yardstick). GD++ first turns every x into (I − γ XᵀX) x,
 * examples and query alike. As in the paper's code this happens once (and XᵀX is the sum, not the mean), where von
 * Oswald et al. 2023 repeat it at every step; and the step size remains that of the x before. With fewer examples
 * than dimensions μ is 0, and the step so long that plain descent along the first eigenvector swings for ever between
 * 0 and twice its value: the paper has k = 2 d.
 */
export const gradientDescent = (options: DescentOptions): Baseline =>
  baseline((_, d) => {
    const sums = moments(d);
    return {
      observe: sums.observe,
      predict: (x) => descentPath(eigenbasis(sums), x, options)[options.steps]!,
    };
  });

/**
 * The predictions of every step, in place of those for every k: the first k points of each prompt are the
 * examples, and all others are queries.
 * @returns [batch points−k steps+1], from w = 0 to the last step
 */
export function gradientDescentPaths(
  { batch, points, d, xs, ys }: Prompts,
  k: number,
  options: DescentOptions,
): Float64Array {
  const paths: Float64Array[] = [];
  for (let b = 0; b < batch; b++) {
    const x = (i: number) => Float64Array.from(xs.subarray(i * d, (i + 1) * d));
    const sums = moments(d);
    const start = b * points;
    for (let i = start; i < start + k; i++) sums.observe(x(i), ys[i]!);
    const basis = eigenbasis(sums);
    for (let i = start + k; i < start + points; i++) paths.push(descentPath(basis, x(i), options));
  }
  const all = new Float64Array(paths.length * (options.steps + 1));
  for (const [i, path] of paths.entries()) all.set(path, i * path.length);
  return all;
}

/**
 * The values of γ the paper chose from (its figure 11): 300 from 1e-6 to 1e-3, evenly in log γ, for d = 20
 * and k = 40. XᵀX grows as k · d (at constant spectrum per d), so other sizes get them scaled accordingly.
 */
export const gammaGrid = (d: number, k: number, values = 300): number[] =>
  Array.from({ length: values }, (_, i) => 10 ** (-6 + (3 * i) / (values - 1)) * (800 / (d * k)));

interface Eigenbasis {
  k: number;
  /** Of XᵀX / k, [d]. */
  eigenvalues: Float64Array;
  /** Rows are the eigenvectors. */
  vectors: Float64Array[];
  /** Xᵀy / k along each. */
  xy: Float64Array;
}

function eigenbasis({ k, gram, xy }: Moments): Eigenbasis {
  const d = xy.length;
  const matrix = Matrix.from1DArray(d, d, gram).div(k);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const vectors = Array.from({ length: d }, (_, i) =>
    Float64Array.from(eigenvectorMatrix.getColumn(i)),
  );
  return {
    k,
    eigenvalues: Float64Array.from(realEigenvalues, (value) => Math.max(0, value)),
    vectors,
    xy: Float64Array.from(vectors, (vector) => dot(vector, xy) / k),
  };
}

/** In the eigenbasis every coordinate descends by itself. @returns [steps+1] */
function descentPath(
  { k, eigenvalues, vectors, xy }: Eigenbasis,
  query: Float64Array,
  { steps, gamma = 0 }: DescentOptions,
): Float64Array {
  const stepSize = 2 / (Math.max(...eigenvalues) + Math.min(...eigenvalues));
  const predictions = new Float64Array(steps + 1);
  for (const [i, vector] of vectors.entries()) {
    const factor = 1 - gamma * k * eigenvalues[i]!;
    const curvature = eigenvalues[i]! * factor * factor;
    const x = dot(vector, query) * factor;
    let w = 0;
    for (let step = 1; step <= steps; step++) {
      w -= stepSize * (curvature * w - xy[i]! * factor);
      predictions[step]! += w * x;
    }
  }
  return predictions;
}
