import type { RandomStream } from '../numerics/random.ts';
import { baseline, refit } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { columns, evaluateTree, growTree } from './regression-tree.ts';

export interface GreedyTreeOptions {
  /** Left out, the tree grows until every leaf is pure. */
  maxDepth?: number;
  /** Each node tries the features in an order of its own, as scikit-learn does: small nodes often tie. */
  random: RandomStream;
}

/**
 * Greedy regression trees (CART). The paper's text has depth 2; its code, and so its figure, has depth 4 and
 * unlimited depth (content/reproduction-notes.mdx, Settings of trees).
 */
export const greedyTree = ({ maxDepth = Infinity, random }: GreedyTreeOptions): Baseline =>
  baseline((prompt, d) => {
    const stream = random.fork(prompt);
    return refit((xs, ys) => {
      const order = stream.fork(xs.length);
      const tree = growTree(columns(xs), Float64Array.from(ys), {
        maxDepth,
        lambda: 0,
        minGain: -Infinity,
        minLeaf: 1,
        featureOrder: () => order.permutation(d),
      });
      return (x) => evaluateTree(tree, x);
    });
  });
