import { isQueried, scoredPoints } from '../tasks/prompt-sets.ts';
import type { PromptSet } from '../tasks/prompt-sets.ts';

/** Learns one prompt: examples come one at a time, and a query may come after each. */
export interface Learner {
  /** @param x [d] */
  observe(x: Float64Array, y: number): void;
  /** From all examples observed so far, at least one. @param x [d] */
  predict(x: Float64Array): number;
}

/** @returns predictions [batch points], the k-th from the first k examples; 0 at k = 0 (PAPER 2.3) */
export type Baseline = (set: PromptSet) => Float64Array;

/** @param learner a fresh learner for each prompt of the set: its index, and the components of x */
export const baseline =
  (learner: (prompt: number, d: number) => Learner): Baseline =>
  (set) => {
    const contexts = isQueried(set) ? set.contexts : set;
    const { batch, points, d, xs: queries } = scoredPoints(set);
    const predictions = new Float64Array(batch * points);
    for (let b = 0; b < batch; b++) {
      const examples = learner(b, d);
      for (let k = 0; k < points; k++) {
        const i = b * points + k;
        if (k > 0)
          predictions[i] = examples.predict(
            Float64Array.from(queries.subarray(i * d, (i + 1) * d)),
          );
        examples.observe(
          Float64Array.from(contexts.xs.subarray(i * d, (i + 1) * d)),
          contexts.ys[i]!,
        );
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
