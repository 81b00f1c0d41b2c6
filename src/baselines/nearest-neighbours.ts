import { baseline, refit } from './baseline.ts';
import type { Baseline } from './baseline.ts';

/**
 * The mean y of the `neighbours` examples nearest to the query, of all while there are fewer
 * (published: 3, unweighted, Euclidean). Among equally near ones the earlier example counts.
 */
export const nearestNeighbours = (neighbours = 3): Baseline =>
  baseline(() =>
    refit((xs, ys) => (query) => {
      const near = xs
        .map((x, i) => ({ distance: squaredDistance(x, query), y: ys[i]! }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, neighbours);
      return near.reduce((sum, { y }) => sum + y, 0) / near.length;
    }),
  );

const squaredDistance = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) * (value - b[i]!), 0);
