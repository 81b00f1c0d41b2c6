import { RandomStream } from '../numerics/random.ts';
import { sampleLinearRegression } from './linear-regression.ts';
import { withQueries } from './prompts.ts';
import type { Prompts } from './prompts.ts';

/** Examples of one linear function, and a line through 0 in the space of inputs on which a learner is asked. */
export interface Line {
  /** One prompt. */
  examples: Prompts;
  /** Of unit length, [d]. */
  direction: Float64Array;
  /** Where on the line the query lies that it leads to. */
  reach: number;
  /** By which the function grows along the line. */
  slope: number;
}

/**
 * The line through the query of one prompt without noise; the points before it are the examples.
 * @param prompts of which the first is taken
 */
function lineOf({ points, d, xs, ys }: Prompts): Line {
  const last = points - 1;
  const query = Float64Array.from(xs.subarray(last * d, points * d));
  const reach = Math.hypot(...query);
  if (!(reach > 0)) throw new Error('lineOf: expected a query other than 0; draw another prompt');
  return {
    examples: { batch: 1, points: last, d, xs: xs.slice(0, last * d), ys: ys.slice(0, last) },
    direction: query.map((value) => value / reach),
    reach,
    slope: ys[last]! / reach,
  };
}

/** The line that a seed stands for: skewed inputs, as many examples, and the query. */
export const lineOfSeed = (seed: number, d: number, examples: number): Line =>
  lineOf(
    sampleLinearRegression({ batch: 1, points: examples + 1, d }, RandomStream.fromSeed(seed), {
      inputs: 'skewed',
    }),
  );

/** The same inputs of the function that grows by another slope along the line, and as before across it. */
export function withSlope({ examples, ...line }: Line, slope: number): Line {
  const { d, xs, ys } = examples;
  const turned = ys.map((y, i) => {
    const along = line.direction.reduce((sum, u, j) => sum + u * xs[i * d + j]!, 0);
    return y + (slope - line.slope) * along;
  });
  return { ...line, slope, examples: { ...examples, ys: turned } };
}

/**
 * A prompt for each place on the line: its first k examples, then the place as the query. What a learner predicts at
 * the last point is what it believes there.
 * @param ts places, in the unit of the inputs
 * @returns prompts of k + 1 points, [ts k + 1]
 */
export function promptsAlong(
  { examples, direction, slope }: Line,
  k: number,
  ts: readonly number[],
): Prompts {
  const { points } = examples;
  if (!Number.isInteger(k) || k < 0 || k > points)
    throw new RangeError(
      `promptsAlong: expected k from 0 to ${points}, got ${k}; there are ${points} examples`,
    );
  return withQueries(examples, k, ts.length, (row) => ({
    prompt: 0,
    x: direction.map((u) => ts[row]! * u),
    y: slope * ts[row]!,
  }));
}
