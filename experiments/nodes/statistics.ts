import { RandomStream } from '../../src/training/random.ts';
import { rounded } from './files.ts';

/** Percentile bootstrap over tasks. */
export type Interval = { confidence: number; trials: number; seed: number };

/** Mean over tasks with its bootstrap interval, and the standard deviation between tasks (n - 1). */
export function overTasks(values: Float64Array, { confidence, trials, seed }: Interval) {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const random = RandomStream.fromSeed(seed).fork('bootstrap');
  const means = Float64Array.from({ length: trials }, () => {
    let sum = 0;
    for (let draw = 0; draw < n; draw++) sum += values[random.integer(n)]!;
    return sum / n;
  }).toSorted();
  const at = (fraction: number): number => rounded(means[Math.round(fraction * (trials - 1))]!);
  return {
    mean: rounded(mean),
    low: at((1 - confidence) / 2),
    high: at((1 + confidence) / 2),
    sd: rounded(Math.sqrt(squares / (n - 1))),
  };
}

/** The line a·x + b nearest to y; a is 0 where all x are equal. */
export function fitLine(x: Float64Array, y: Float64Array): { scale: number; shift: number } {
  const n = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let xx = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    xx += (x[i]! - meanX) ** 2;
    xy += (x[i]! - meanX) * (y[i]! - meanY);
  }
  const scale = xx > 0 ? xy / xx : 0;
  return { scale, shift: meanY - scale * meanX };
}
