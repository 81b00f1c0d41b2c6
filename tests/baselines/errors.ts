import type { QueriedPrompts } from '../../src/tasks/prompt-sets.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';

/** Mean squared error / d at every k. @param predictions [batch points] */
export function normalisedErrors(
  { batch, points, d, ys }: Prompts,
  predictions: Float64Array,
): number[] {
  const errors = Array.from({ length: points }, () => 0);
  for (const [i, prediction] of predictions.entries()) {
    errors[i % points]! += (prediction - ys[i]!) ** 2 / d / batch;
  }
  return errors;
}

export const largestDifference = (a: Float64Array, b: Float64Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/**
 * For each prompt and coordinate j a prompt of its first k examples whose query is the unit vector e_j.
 * @returns prompts [batch·d], k + 1 points
 */
export function unitQueries({ batch, points, d, xs, ys }: Prompts, k: number): QueriedPrompts {
  const contexts: Prompts = {
    batch: batch * d,
    points: k + 1,
    d,
    xs: new Float32Array(batch * d * (k + 1) * d),
    ys: new Float32Array(batch * d * (k + 1)),
  };
  const queries = new Float32Array(contexts.xs.length);
  for (let row = 0; row < contexts.batch; row++) {
    const from = Math.floor(row / d) * points;
    const to = row * (k + 1);
    contexts.xs.set(xs.subarray(from * d, (from + k) * d), to * d);
    contexts.ys.set(ys.subarray(from, from + k), to);
    for (let i = to; i <= to + k; i++) queries[i * d + (row % d)] = 1;
  }
  return { contexts, queries, targets: new Float32Array(contexts.ys.length) };
}
