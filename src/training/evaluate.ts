import type { Parameters, SequenceModel } from '../models/model.ts';
import type { Prompts } from '../tasks/prompts.ts';
import { predict } from './loss.ts';
import type { RandomStream } from './random.ts';

/**
 * Squared error / d of predictions at every number of in-context examples.
 * @param predictions [batch points]
 * @returns [batch points]
 */
export const squaredErrors = ({ ys, d }: Prompts, predictions: ArrayLike<number>): Float64Array =>
  Float64Array.from(ys, (y, i) => (predictions[i]! - y) ** 2 / d);

/** A model's squared errors / d on a batch. @returns [batch points] */
export async function evaluatePrompts(
  model: SequenceModel,
  parameters: Parameters,
  prompts: Prompts,
): Promise<Float64Array> {
  const predictions = predict(model, parameters, prompts);
  try {
    return squaredErrors(prompts, await predictions.data());
  } finally {
    predictions.dispose();
  }
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
 * Mean curve with a percentile bootstrap interval over prompts (PAPER 2.3: 1,000 trials, 5 % to 95 %).
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
