import { isQueried, scoredPoints } from '../tasks/prompt-sets.ts';
import type { PromptSet } from '../tasks/prompt-sets.ts';

/** Learns one prompt: examples come one at a time, and a query may come after each. */
export interface Learner {
  /** @param x [d] */
  observe(x: Float64Array, y: number): void;
  /** From all examples observed so far, at least one. @param x [d] */
  predict(x: Float64Array): number;
}

/**
 * @param ks the numbers of examples to predict from, ascending; left out, every one
 * @returns predictions [batch ks], 0 at k = 0
 */
export type Baseline = (set: PromptSet, ks?: readonly number[]) => Float64Array;

/** @param learner a fresh learner for each prompt of the set: its index, and the components of x */
export const baseline =
  (learner: (prompt: number, d: number) => Learner): Baseline =>
  (set, ks) => {
    const contexts = isQueried(set) ? set.contexts : set;
    const { batch, points, d, xs: queries } = scoredPoints(set);
    const wanted = ks ?? Array.from({ length: points }, (_, k) => k);
    const row = (xs: Float32Array, i: number): Float64Array =>
      Float64Array.from(xs.subarray(i * d, (i + 1) * d));
    const predictions = new Float64Array(batch * wanted.length);
    for (let b = 0; b < batch; b++) {
      const examples = learner(b, d);
      let observed = 0;
      for (const [at, k] of wanted.entries()) {
        for (; observed < k; observed++) {
          const i = b * points + observed;
          examples.observe(row(contexts.xs, i), contexts.ys[i]!);
        }
        const i = b * wanted.length + at;
        if (k > 0) predictions[i] = examples.predict(row(queries, b * points + k));
      }
    }
    return predictions;
  };

/** A learner that fits anew, from all k examples, whenever it is asked. */
export function refit(
  fit: (xs: readonly Float64Array[], ys: readonly number[]) => (x: Float64Array) => number,
): Learner {
  const xs: Float64Array[] = [];
  const ys: number[] = [];
  return {
    observe: (x, y) => {
      xs.push(x);
      ys.push(y);
    },
    predict: (x) => fit(xs, ys)(x),
  };
}
