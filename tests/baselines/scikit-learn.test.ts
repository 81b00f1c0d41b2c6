import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Baseline } from '../../src/baselines/baseline.ts';
import { boostedTrees } from '../../src/baselines/boosted-trees.ts';
import { greedyTree } from '../../src/baselines/greedy-tree.ts';
import { lasso } from '../../src/baselines/lasso.ts';
import { nearestNeighbours } from '../../src/baselines/nearest-neighbours.ts';
import { ridge } from '../../src/baselines/ridge.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import type { QueriedPrompts } from '../../src/tasks/prompt-sets.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';

/**
 * Against scikit-learn 1.2, fitted anew on the first k points of every prompt, without intercept for linear
 * models: Ridge(alpha=1), Lasso(tol=1e-14), KNeighborsRegressor(min(3, k)), DecisionTreeRegressor with
 * defaults or max_depth=2, and HistGradientBoostingRegressor(learning_rate=.3, max_leaf_nodes=None,
 * l2_regularization=1, early_stopping=False), which for fewer examples than bins is XGBoost's algorithm.
 * `linear`: sparse y with noise, d = 5. `oneFeature`, `threeFeatures`: a step and a sine; with one feature no
 * two splits can tie, and with three the options (30 rounds, depth 3, 8 examples a leaf) keep nodes large.
 * There the queries of `boosted` are the examples of seven points before, because scikit-learn places thresholds
 * elsewhere between the same two examples.
 */
interface Case {
  prompts: { batch: number; points: number; d: number; xs: number[]; ys: number[] };
  predictions: Record<string, number[]>;
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/baselines/scikit-learn.json', import.meta.url), 'utf8'),
) as Record<'linear' | 'oneFeature' | 'threeFeatures', Case>;

function queriesFromBefore(contexts: Prompts, back: number): QueriedPrompts {
  const queries = new Float32Array(contexts.xs.length);
  queries.set(contexts.xs.subarray(0, -back * contexts.d), back * contexts.d);
  return { contexts, queries, targets: contexts.ys };
}

const random = RandomStream.fromSeed(1);
const methods: [keyof typeof fixture, string, Baseline, number][] = [
  ['linear', 'ridge', ridge(1), 1],
  ['linear', 'lasso', lasso({ alpha: 0.1 }), 1],
  ['linear', 'lassoSmall', lasso({ alpha: 0.01 }), 1],
  ['linear', 'nearest', nearestNeighbours(), 1],
  ['oneFeature', 'tree', greedyTree({ random }), 1],
  ['oneFeature', 'tree2', greedyTree({ maxDepth: 2, random }), 1],
  ['oneFeature', 'boosted', boostedTrees({ minGain: 0 }), 2],
  ['threeFeatures', 'tree2', greedyTree({ maxDepth: 2, random }), 60],
  [
    'threeFeatures',
    'boosted',
    boostedTrees({ rounds: 30, maxDepth: 3, minLeaf: 8, minGain: 0 }),
    60,
  ],
];

test.each(methods)('%s: %s', (data, name, method, from) => {
  const { prompts, predictions } = fixture[data];
  const expected = predictions[name]!;
  const contexts: Prompts = {
    ...prompts,
    xs: Float32Array.from(prompts.xs),
    ys: Float32Array.from(prompts.ys),
  };
  const got = method(
    data === 'threeFeatures' && name === 'boosted' ? queriesFromBefore(contexts, 7) : contexts,
  );
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(0.5);
  for (const [i, value] of expected.entries()) {
    const k = i % prompts.points;
    if (k < from) continue;
    const error = Math.abs(got[i]! - value) / largest;
    expect(error, `prompt ${Math.floor(i / prompts.points)}, k = ${k}`).toBeLessThan(1e-6);
  }
});
