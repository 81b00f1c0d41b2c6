import { RandomStream } from './random.ts';

export interface Curve {
  mean: number[];
  /** Ends of the bootstrap interval over rows. */
  low: number[];
  high: number[];
}

/** Mean over the rows in every column. @param values [rows columns] */
export function meanCurve(values: Float64Array, columns: number): number[] {
  const rows = values.length / columns;
  const sums = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) sums[i % columns]! += values[i]!;
  return Array.from(sums, (sum) => sum / rows);
}

/** Mean curve with a percentile bootstrap interval over rows. @param values [rows columns] */
export function bootstrapCurve(
  values: Float64Array,
  columns: number,
  { confidence, trials }: { confidence: number; trials: number },
  random: RandomStream,
): Curve {
  const rows = values.length / columns;
  const means = Array.from({ length: columns }, () => new Float64Array(trials));
  for (let trial = 0; trial < trials; trial++) {
    const sums = new Float64Array(columns);
    for (let draw = 0; draw < rows; draw++) {
      const offset = random.integer(rows) * columns;
      for (let k = 0; k < columns; k++) sums[k]! += values[offset + k]!;
    }
    for (let k = 0; k < columns; k++) means[k]![trial] = sums[k]! / rows;
  }
  const sorted = means.map((column) => column.toSorted());
  const at = (fraction: number): number[] =>
    sorted.map((column) => column[Math.round(fraction * (trials - 1))]!);
  return {
    mean: meanCurve(values, columns),
    low: at((1 - confidence) / 2),
    high: at((1 + confidence) / 2),
  };
}

/** Percentile bootstrap over tasks. */
export type Interval = { confidence: number; trials: number; seed: number };

/**
 * Mean over tasks with its bootstrap interval, and the standard deviation between tasks (n - 1).
 * @returns seven significant digits of each
 */
export function overTasks(values: Float64Array, { seed, ...interval }: Interval) {
  const random = RandomStream.fromSeed(seed).fork('bootstrap');
  const curve = bootstrapCurve(values, 1, interval, random);
  const [mean, low, high] = [curve.mean[0]!, curve.low[0]!, curve.high[0]!];
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean: rounded(mean),
    low: rounded(low),
    high: rounded(high),
    sd: rounded(Math.sqrt(squares / (values.length - 1))),
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

/** Seven significant digits, what a float32 holds. */
export const rounded = (value: number): number => Number(value.toPrecision(7));
