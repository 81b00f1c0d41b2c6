import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { dot } from '../numerics/vectors.ts';
import { baseline } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { moments } from './moments.ts';

/**
 * Ridge regression, w = (XᵀX + λ I)⁻¹ Xᵀy. With w ~ N(0, I) and noise N(0, λ) on y it is the mean of the
 * posterior, so no method has a smaller expected squared error: λ = 1 for the `noisy` shift, whose common
 * factor on y changes nothing in it. Neither the paper nor its code has this baseline.
 * @throws RangeError unless λ > 0
 */
export function ridge(lambda: number): Baseline {
  if (!(lambda > 0)) {
    throw new RangeError(`ridge: expected λ > 0, got ${lambda}; without noise use leastSquares`);
  }
  return baseline((_, d) => {
    const sums = moments(d);
    return {
      observe: sums.observe,
      predict: (x) => {
        const penalised = Matrix.from1DArray(d, d, sums.gram).add(Matrix.eye(d, d, lambda));
        const w = new CholeskyDecomposition(penalised).solve(Matrix.columnVector(sums.xy));
        return dot(w.to1DArray(), x);
      },
    };
  });
}
