import { dot } from '../numerics/vectors.ts';
import { baseline } from './baseline.ts';
import { moments } from './moments.ts';

/** The estimate w = (1/k) Σ x_i y_i; with x ~ N(0, I) its mean is w. */
export const averaging = baseline((_, d) => {
  const sums = moments(d);
  return { observe: sums.observe, predict: (x) => dot(sums.xy, x) / sums.k };
});
