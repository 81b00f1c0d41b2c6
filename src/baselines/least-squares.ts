import { Matrix, pseudoInverse } from 'ml-matrix';
import { dot } from '../numerics/vectors.ts';
import { baseline, refit } from './baseline.ts';

/**
 * Minimum-norm least squares on the first k examples of each prompt, as `torch.linalg.lstsq` gives it
 * (content/methods.mdx, Evaluation).
 */
export const leastSquares = baseline(() =>
  refit((xs, ys) => {
    const w = pseudoInverse(new Matrix([...xs])).mmul(Matrix.columnVector([...ys]));
    return (x) => dot(w.to1DArray(), x);
  }),
);
