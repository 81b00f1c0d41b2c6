/** How a tree grows: CART with λ = 0, XGBoost's trees with λ > 0 and `minGain`. */
export interface TreeOptions {
  maxDepth: number;
  /** Added to the number of examples wherever a mean is taken. */
  lambda: number;
  /** A split must raise Σ S² / (n + λ) of the two sides over that of both together by more than this. */
  minGain: number;
  minLeaf: number;
  /** The features in the order in which a node tries them; of equally good splits the first stays. */
  featureOrder: () => ArrayLike<number>;
}

/** An inner node goes left where x[feature] ≤ threshold. */
export type Tree =
  { value: number } | { feature: number; threshold: number; low: Tree; high: Tree };

/** Examples by feature: xs[j][i] is component j of example i. */
export interface Columns {
  xs: readonly Float64Array[];
  /** For each feature the examples by rising x, as `sortedExamples` gives them. */
  sorted: readonly Int32Array[];
}

export function columns(rows: readonly Float64Array[]): Columns {
  const xs = Array.from({ length: rows[0]!.length }, (_, j) =>
    Float64Array.from(rows, (row) => row[j]!),
  );
  const sorted = xs.map((column) =>
    Int32Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!),
  );
  return { xs, sorted };
}

/** Greedy top-down growth with squared error; thresholds half-way between neighbouring values. */
export function growTree(
  { xs, sorted }: Columns,
  targets: Float64Array,
  options: TreeOptions,
  depth = 0,
): Tree {
  const members = sorted[0]!;
  let sum = 0;
  let pure = true;
  for (const i of members) {
    sum += targets[i]!;
    pure &&= targets[i] === targets[members[0]!];
  }
  const leaf: Tree = { value: sum / (members.length + options.lambda) };
  if (pure || depth >= options.maxDepth) return leaf;
  const split = bestSplit({ xs, sorted }, targets, sum, options);
  if (!split) return leaf;
  const { feature, threshold } = split;
  const [low, high] = partition(sorted, xs[feature]!, split).map((part) =>
    growTree({ xs, sorted: part }, targets, options, depth + 1),
  );
  return { feature, threshold, low: low!, high: high! };
}

interface Split {
  feature: number;
  threshold: number;
  /** Number of examples at or below the threshold. */
  low: number;
}

/** The sorted examples of both sides. */
function partition(
  sorted: readonly Int32Array[],
  column: Float64Array,
  { threshold, low }: Split,
): [Int32Array[], Int32Array[]] {
  const sides: [Int32Array[], Int32Array[]] = [[], []];
  for (const order of sorted) {
    const [lows, highs] = [new Int32Array(low), new Int32Array(order.length - low)];
    let [l, h] = [0, 0];
    for (const i of order) {
      if (column[i]! <= threshold) lows[l++] = i;
      else highs[h++] = i;
    }
    sides[0].push(lows);
    sides[1].push(highs);
  }
  return sides;
}

function bestSplit(
  { xs, sorted }: Columns,
  targets: Float64Array,
  sum: number,
  { lambda, minGain, minLeaf, featureOrder }: TreeOptions,
): Split | undefined {
  const n = sorted[0]!.length;
  let best = (sum * sum) / (n + lambda) + minGain;
  let split: Split | undefined;
  const features = featureOrder();
  for (let f = 0; f < features.length; f++) {
    const feature = features[f]!;
    const column = xs[feature]!;
    const order = sorted[feature]!;
    let lowSum = 0;
    for (let low = 1; low < n; low++) {
      lowSum += targets[order[low - 1]!]!;
      const below = column[order[low - 1]!]!;
      const above = column[order[low]!]!;
      if (below === above || low < minLeaf || n - low < minLeaf) continue;
      const highSum = sum - lowSum;
      const score = (lowSum * lowSum) / (low + lambda) + (highSum * highSum) / (n - low + lambda);
      if (score > best) {
        best = score;
        split = { feature, threshold: (below + above) / 2, low };
      }
    }
  }
  return split;
}

export function evaluateTree(tree: Tree, x: Float64Array): number {
  let node = tree;
  while ('feature' in node) node = x[node.feature]! <= node.threshold ? node.low : node.high;
  return node.value;
}
