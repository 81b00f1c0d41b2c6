import { averaging } from '../../src/baselines/averaging.ts';
import type { Baseline } from '../../src/baselines/baseline.ts';
import { boostedTrees } from '../../src/baselines/boosted-trees.ts';
import { greedyTree } from '../../src/baselines/greedy-tree.ts';
import { lasso } from '../../src/baselines/lasso.ts';
import { leastSquares } from '../../src/baselines/least-squares.ts';
import { nearestNeighbours } from '../../src/baselines/nearest-neighbours.ts';
import { network } from '../../src/baselines/network.ts';
import { ridge } from '../../src/baselines/ridge.ts';
import type { Code } from '../../src/lab/experiment.ts';
import type { RandomStream } from '../../src/numerics/random.ts';

/** A baseline with the paper's settings (content/methods.mdx, Evaluation); some draw from `random`. */
export type MakeBaseline = (random: RandomStream) => Baseline;

export const makeAveraging: MakeBaseline = () => averaging;
export const makeLeastSquares: MakeBaseline = () => leastSquares;
/** Bayes-optimal for unit noise. */
export const makeRidge: MakeBaseline = () => ridge(1);
export const makeLasso: MakeBaseline = () => lasso({ alpha: 0.01 });
export const makeNearestNeighbours: MakeBaseline = () => nearestNeighbours(3);
export const makeNetwork: MakeBaseline = (random) => network({ random });
export const makeGreedyTree: MakeBaseline = (random) => greedyTree({ maxDepth: 4, random });
export const makeUnlimitedTree: MakeBaseline = (random) => greedyTree({ random });
export const makeBoostedTrees: MakeBaseline = () => boostedTrees();

/** By the name that curves carry. */
const BASELINES = {
  averaging: makeAveraging,
  'least-squares': makeLeastSquares,
  ridge: makeRidge,
  lasso: makeLasso,
  'nearest-neighbours': makeNearestNeighbours,
  network: makeNetwork,
  'greedy-tree': makeGreedyTree,
  'greedy-tree-unlimited': makeUnlimitedTree,
  'boosted-trees': makeBoostedTrees,
};
export type BaselineName = keyof typeof BASELINES;

export const baselineCode = (name: BaselineName): Code<MakeBaseline> => ({
  module: import.meta.url,
  value: BASELINES[name],
});
