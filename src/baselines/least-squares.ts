import { Matrix, pseudoInverse } from 'ml-matrix';
import type { Prompts } from '../tasks/prompts.ts';

/**
 * Minimum-norm least squares on the first k examples of each prompt, as `torch.linalg.lstsq` gives it;
 * 0 at k = 0 (PAPER 2.3).
 * @returns predictions [batch points], the k-th from k examples
 */
export function leastSquares({ batch, points, d, xs, ys }: Prompts): Float64Array {
  const predictions = new Float64Array(batch * points);
  for (let b = 0; b < batch; b++) {
    const x = new Matrix(points, d);
    for (let i = 0; i < points * d; i++) x.set(Math.floor(i / d), i % d, xs[b * points * d + i]!);
    const y = Matrix.columnVector(Array.from(ys.subarray(b * points, (b + 1) * points)));
    for (let k = 1; k < points; k++) {
      const w = pseudoInverse(x.subMatrix(0, k - 1, 0, d - 1)).mmul(y.subMatrix(0, k - 1, 0, 0));
      predictions[b * points + k] = x
        .subMatrix(k, k, 0, d - 1)
        .mmul(w)
        .get(0, 0);
    }
  }
  return predictions;
}
