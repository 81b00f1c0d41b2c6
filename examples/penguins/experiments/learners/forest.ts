import type { RandomStream } from '#src/numerics/random.ts';
import { countSpecies } from './birds.ts';
import type { Bird, Classifier } from './birds.ts';

type Tree = { species: number } | { feature: number; threshold: number; low: Tree; high: Tree };

/** Breiman's default for classification: about the square root of the number of measurements. */
const FEATURES_A_SPLIT = 2;

/** Gini impurity times the number of birds. */
function impurity(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? 0 : total - counts.reduce((sum, count) => sum + count ** 2, 0) / total;
}

/** The threshold between two neighbours that leaves the purest halves. */
function bestThreshold(birds: readonly Bird[], feature: number) {
  const sorted = [...birds].sort((a, b) => a.measured[feature]! - b.measured[feature]!);
  const [low, high] = [countSpecies([]), countSpecies(sorted)];
  let best = { feature, threshold: Number.NaN, cost: Infinity };
  for (const [i, { species, measured }] of sorted.slice(0, -1).entries()) {
    low[species]! += 1;
    high[species]! -= 1;
    const [here, next] = [measured[feature]!, sorted[i + 1]!.measured[feature]!];
    const cost = impurity(low) + impurity(high);
    if (here < next && cost < best.cost) best = { feature, threshold: (here + next) / 2, cost };
  }
  return best;
}

function growTree(birds: readonly Bird[], random: RandomStream): Tree {
  const counts = countSpecies(birds);
  const leaf = { species: counts.indexOf(Math.max(...counts)) };
  if (impurity(counts) === 0) return leaf;
  const order = random.permutation(birds[0]!.measured.length);
  const splits = [...order].map((feature) => bestThreshold(birds, feature));
  // Of the first measurements drawn; of the others only where those are all alike.
  const usable = splits.filter(({ cost }) => cost < Infinity).slice(0, FEATURES_A_SPLIT);
  if (usable.length === 0) return leaf;
  const { feature, threshold } = usable.reduce((a, b) => (b.cost < a.cost ? b : a));
  const [low, high] = [true, false].map((isLow) =>
    growTree(
      birds.filter(({ measured }) => measured[feature]! < threshold === isLow),
      random,
    ),
  ) as [Tree, Tree];
  return { feature, threshold, low, high };
}

function classify(tree: Tree, measured: readonly number[]): number {
  if ('species' in tree) return tree.species;
  return classify(measured[tree.feature]! < tree.threshold ? tree.low : tree.high, measured);
}

/** A random forest (Breiman 2001): each tree on a bootstrap sample, fully grown; the trees vote. */
export function growForest(
  birds: readonly Bird[],
  trees: number,
  random: RandomStream,
): Classifier {
  const grown = Array.from({ length: trees }, (_, tree) => {
    const stream = random.fork(tree);
    const sample = birds.map(() => birds[stream.integer(birds.length)]!);
    return growTree(sample, stream);
  });
  return (measured) => {
    const votes = countSpecies([]);
    for (const tree of grown) votes[classify(tree, measured)]! += 1;
    return votes.indexOf(Math.max(...votes));
  };
}
