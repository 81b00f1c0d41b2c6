import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { dot } from '../numerics/vectors.ts';
import { baseline } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { moments } from './moments.ts';
import type { Moments } from './moments.ts';

/**
 * Lasso without intercept: the w that minimises ‖y − X w‖² / (2 k) + α ‖w‖₁ (scikit-learn's
 * scaling; published α: 1, .1, .01, .001, .0001, of which the figure shows .01). Exact, by following the
 * piecewise linear solution from α = ∞ down (Osborne et al. 2000; Efron et al. 2004): coordinate descent, which
 * the paper's code uses, takes 10⁵ sweeps and more where two columns are nearly parallel, as they often
 * are at small k.
 * @throws RangeError unless α > 0
 */
export function lasso({ alpha }: { alpha: number }): Baseline {
  if (!(alpha > 0)) {
    throw new RangeError(`lasso: expected α > 0, got ${alpha}; without penalty use leastSquares`);
  }
  return baseline((_, d) => {
    const sums = moments(d);
    return {
      observe: sums.observe,
      predict: (x) => dot(followPath(sums, alpha * sums.k), x),
    };
  });
}

/** Where the path is: the weights, Xᵀ(y − X w), and the penalty that these are the solution for. */
interface Place {
  w: Float64Array;
  slopes: Float64Array;
  penalty: number;
  /** Coordinates with |slope| = penalty, which may differ from 0. */
  active: Set<number>;
  /** The coordinate that has just become 0, whose slope is still the penalty. */
  left: number | undefined;
}

function followPath(sums: Moments, penalty: number): Float64Array {
  const { gram, xy } = sums;
  const steepest = xy.reduce(
    (best, slope, j) => (Math.abs(slope) > Math.abs(xy[best]!) ? j : best),
    0,
  );
  const place: Place = {
    w: new Float64Array(xy.length),
    slopes: Float64Array.from(xy),
    penalty: Math.abs(xy[steepest]!),
    active: new Set([steepest]),
    left: undefined,
  };
  while (place.penalty > penalty) step(place, gram, penalty);
  requireOptimal(place, sums, penalty);
  return place.w;
}

/** To the next penalty at which a coordinate joins or leaves, or to the last one. */
function step(place: Place, gram: Float64Array, lastPenalty: number): void {
  const { w, slopes, active, left } = place;
  const d = w.length;
  const direction = activeDirection(place, gram);
  const change = Float64Array.from({ length: d }, (_, j) =>
    dot(gram.subarray(j * d, (j + 1) * d), direction),
  );
  let length = place.penalty - lastPenalty;
  let event: number | undefined;
  const consider = (j: number, at: number) => {
    if (at > 0 && at < length) [length, event] = [at, j];
  };
  for (let j = 0; j < d; j++) {
    if (active.has(j)) consider(j, -w[j]! / direction[j]!);
    else {
      for (const side of [1, -1]) {
        if (j === left && side * slopes[j]! > 0) continue;
        consider(j, (place.penalty - side * slopes[j]!) / (1 - side * change[j]!));
      }
    }
  }
  for (let j = 0; j < d; j++) {
    w[j]! += length * direction[j]!;
    slopes[j]! -= length * change[j]!;
  }
  place.penalty = event === undefined ? lastPenalty : place.penalty - length;
  place.left = undefined;
  if (event === undefined) return;
  if (active.delete(event)) {
    w[event] = 0;
    place.left = event;
  } else active.add(event);
}

/** How w moves as the penalty falls by 1: the active slopes all fall with it. */
function activeDirection({ slopes, active }: Place, gram: Float64Array): Float64Array {
  const d = slopes.length;
  const rows = [...active];
  const sub = new Matrix(rows.map((i) => rows.map((j) => gram[i * d + j]!)));
  const signs = Matrix.columnVector(rows.map((j) => Math.sign(slopes[j]!)));
  const solution = new CholeskyDecomposition(sub).solve(signs);
  const direction = new Float64Array(d);
  for (const [at, j] of rows.entries()) direction[j] = solution.get(at, 0);
  return direction;
}

/** Rounding must not have led astray: 0 has to be a subgradient at w. */
function requireOptimal({ w }: Place, { k, gram, xy }: Moments, penalty: number): void {
  const d = w.length;
  const tolerance = 1e-7 * Math.max(penalty, ...xy.map(Math.abs));
  for (let j = 0; j < d; j++) {
    const slope = xy[j]! - dot(gram.subarray(j * d, (j + 1) * d), w);
    const excess =
      w[j] === 0 ? Math.abs(slope) - penalty : Math.abs(slope - penalty * Math.sign(w[j]!));
    if (!(excess <= tolerance)) {
      throw new Error(
        `lasso: expected a slope within ${penalty} at k = ${k}, got ${slope}; ` +
          `the examples are too nearly dependent for this method`,
      );
    }
  }
}
