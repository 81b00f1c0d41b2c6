import type { RandomStream } from '../numerics/random.ts';

export interface Sampling {
  /** 0 takes the most probable token; 1 draws as the model says. */
  temperature: number;
  /** Draws among that many most probable tokens; all if absent. */
  topK?: number | undefined;
}

/** The largest of values; the first of several. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** log Σ exp(values) */
export function logSumExp(values: ArrayLike<number>): number {
  const top = values[largest(values)]!;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i]! - top);
  return top + Math.log(sum);
}

/** A token, drawn from logits. */
export function sample(
  logits: Float32Array,
  { temperature, topK }: Sampling,
  random: RandomStream,
): number {
  if (temperature === 0) return largest(logits);
  const floor = topK === undefined || topK >= logits.length ? -Infinity : kth(logits, topK);
  const top = logits[largest(logits)]!;
  const weights = Float64Array.from(logits, (logit) =>
    logit < floor ? 0 : Math.exp((logit - top) / temperature),
  );
  let left = random.uniform(0, 1) * weights.reduce((sum, weight) => sum + weight, 0);
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return last;
}

const kth = (values: Float32Array, k: number): number =>
  Float32Array.from(values).sort().at(-k) ?? -Infinity;
