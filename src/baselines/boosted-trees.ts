import { baseline, refit } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { columns, evaluateTree, growTree } from './regression-tree.ts';
import type { Tree } from './regression-tree.ts';

export interface BoostedTreesOptions {
  rounds?: number;
  maxDepth?: number;
  learningRate?: number;
  /** L2 penalty on the leaf values. */
  lambda?: number;
  minLeaf?: number;
  /** Gain in squared error that a split must exceed; up to 1e-6 XGBoost takes it for rounding. */
  minGain?: number;
}

/**
 * Gradient-boosted regression trees as XGBoost grows them for squared error with its "exact" method, from
 * the mean of y. The defaults are XGBoost's, as in the paper's code; its text has 50 trees of depth 4 at
 * rate .1 (content/reproduction-notes.mdx, Settings of trees). The library's histogram method puts thresholds
 * elsewhere between the same examples.
 */
export const boostedTrees = ({
  rounds = 100,
  maxDepth = 6,
  learningRate = 0.3,
  lambda = 1,
  minLeaf = 1,
  minGain = 1e-6,
}: BoostedTreesOptions = {}): Baseline =>
  baseline((_, d) => {
    const features = Array.from({ length: d }, (_, j) => j);
    const options = {
      maxDepth,
      lambda,
      minLeaf,
      minGain,
      featureOrder: () => features,
    };
    return refit((xs, ys) => {
      const mean = ys.reduce((sum, y) => sum + y, 0) / ys.length;
      const residuals = Float64Array.from(ys, (y) => y - mean);
      const examples = columns(xs);
      const trees: Tree[] = [];
      for (let round = 0; round < rounds; round++) {
        const tree = growTree(examples, residuals, options);
        for (const [i, x] of xs.entries()) residuals[i]! -= learningRate * evaluateTree(tree, x);
        trees.push(tree);
      }
      return (x) => trees.reduce((sum, tree) => sum + learningRate * evaluateTree(tree, x), mean);
    });
  });
