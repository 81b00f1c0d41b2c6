import { withQueries } from './prompts.ts';
import type { Prompts } from './prompts.ts';

/**
 * Prompts whose query at k does not come from the context: the prompt of k is the first k points of `contexts`
 * and then `queries[k]`, and only its last prediction is scored against `targets[k]` (content/methods.mdx,
 * Evaluation).
 *
 * A sequence model needs one sequence for every k: points² tokens a prompt in place of 2 · points.
 * `contexts` is a field so that these cannot be taken for ordinary prompts by mistake.
 */
export interface QueriedPrompts {
  contexts: Prompts;
  /** [batch points d] */
  queries: Float32Array;
  /** [batch points] */
  targets: Float32Array;
}

/** Ordinary prompts score every position of one sequence; queried prompts one position a sequence. */
export type PromptSet = Prompts | QueriedPrompts;

export const isQueried = (set: PromptSet): set is QueriedPrompts => 'contexts' in set;

/** The points that are scored: the x and y of every k, [batch points d] and [batch points]. */
export const scoredPoints = (set: PromptSet): Prompts =>
  isQueried(set) ? { ...set.contexts, xs: set.queries, ys: set.targets } : set;

/**
 * The sequences in which a model meets its k-th queries: k examples and the query. Its prediction at the
 * last point, the k-th, is the one to score.
 * @returns prompts of k + 1 points
 */
export function promptsOfQuery({ contexts, queries, targets }: QueriedPrompts, k: number): Prompts {
  const { batch, points, d } = contexts;
  if (!Number.isInteger(k) || k < 0 || k >= points) {
    throw new RangeError(
      `promptsOfQuery: expected k from 0 to ${points - 1}, got ${k}; there is one query for each point`,
    );
  }
  return withQueries(contexts, k, batch, (prompt) => {
    const at = prompt * points + k;
    return { prompt, x: queries.subarray(at * d, (at + 1) * d), y: targets[at]! };
  });
}

/**
 * Squared error / d of predictions after the given numbers of examples.
 * @param predictions [batch ks]
 * @returns [batch ks]
 */
export function squaredErrors(
  set: PromptSet,
  ks: readonly number[],
  predictions: ArrayLike<number>,
): Float64Array {
  const { batch, points, d, ys } = scoredPoints(set);
  return Float64Array.from({ length: batch * ks.length }, (_, i) => {
    const target = ys[Math.floor(i / ks.length) * points + ks[i % ks.length]!]!;
    return (predictions[i]! - target) ** 2 / d;
  });
}
