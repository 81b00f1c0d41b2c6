import { scoredPoints } from '../tasks/prompt-sets.ts';
import type { PromptSet } from '../tasks/prompt-sets.ts';
import type { RandomStream } from './random.ts';

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

export interface Curve {
  mean: number[];
  /** Ends of the bootstrap interval over prompts. */
  low: number[];
  high: number[];
}

/** Mean over the prompts at every k. @param errors [prompts points] */
export function meanCurve(errors: Float64Array, points: number): number[] {
  const prompts = errors.length / points;
  const sums = new Float64Array(points);
  for (let i = 0; i < errors.length; i++) sums[i % points]! += errors[i]!;
  return Array.from(sums, (sum) => sum / prompts);
}

/**
 * Mean curve with a percentile bootstrap interval over prompts (content/methods.mdx, Evaluation; published: 1,000
 * trials, 5 % to 95 %).
 * @param errors [prompts points]
 */
export function bootstrapCurve(
  errors: Float64Array,
  points: number,
  { confidence, trials }: { confidence: number; trials: number },
  random: RandomStream,
): Curve {
  const prompts = errors.length / points;
  const means = Array.from({ length: points }, () => new Float64Array(trials));
  for (let trial = 0; trial < trials; trial++) {
    const sums = new Float64Array(points);
    for (let draw = 0; draw < prompts; draw++) {
      const offset = random.integer(prompts) * points;
      for (let k = 0; k < points; k++) sums[k]! += errors[offset + k]!;
    }
    for (let k = 0; k < points; k++) means[k]![trial] = sums[k]! / prompts;
  }
  const sorted = means.map((column) => column.toSorted());
  const at = (fraction: number): number[] =>
    sorted.map((column) => column[Math.round(fraction * (trials - 1))]!);
  return {
    mean: meanCurve(errors, points),
    low: at((1 - confidence) / 2),
    high: at((1 + confidence) / 2),
  };
}
