/** A batch of in-context learning prompts: `points` pairs (x, y), of which the last x is the query. */
export interface Prompts {
  batch: number;
  points: number;
  /** Components of x. */
  d: number;
  /** [batch points d] */
  xs: Float32Array;
  /** [batch points] */
  ys: Float32Array;
}

/**
 * The tokens x_1, y_1, x_2, y_2, …, with y as (y, 0, …, 0) (content/background.mdx, In-context learning as
 * regression).
 * @returns [batch 2·points d]
 */
export function interleave({ batch, points, d, xs, ys }: Prompts): Float32Array {
  const tokens = new Float32Array(batch * points * 2 * d);
  for (let i = 0; i < batch * points; i++) {
    tokens.set(xs.subarray(i * d, (i + 1) * d), 2 * i * d);
    tokens[(2 * i + 1) * d] = ys[i] as number;
  }
  return tokens;
}

export interface PromptShape {
  batch: number;
  points: number;
  /** Components of x. */
  d: number;
  /** Components that are not set to zero (curriculum); left out, all d. */
  activeDims?: number;
}

/** The same prompts cut after their first points: a causal model predicts alike there. */
export function firstPoints(prompts: Prompts, points: number): Prompts {
  const { batch, d, xs, ys } = prompts;
  if (points === prompts.points) return prompts;
  const cut = {
    batch,
    d,
    points,
    xs: new Float32Array(batch * points * d),
    ys: new Float32Array(batch * points),
  };
  for (let b = 0; b < batch; b++) {
    const start = b * prompts.points;
    cut.xs.set(xs.subarray(start * d, (start + points) * d), b * points * d);
    cut.ys.set(ys.subarray(start, start + points), b * points);
  }
  return cut;
}

/** A query that follows the first examples of one of several prompts. */
interface Query {
  prompt: number;
  /** [d] */
  x: ArrayLike<number>;
  y: number;
}

/**
 * Prompts of the first k examples of a prompt each, and a query.
 * @param count of the prompts that come out
 * @returns prompts of k + 1 points
 */
export function withQueries(
  { points, d, xs, ys }: Prompts,
  k: number,
  count: number,
  queryOf: (row: number) => Query,
): Prompts {
  const length = k + 1;
  const asked = {
    batch: count,
    points: length,
    d,
    xs: new Float32Array(count * length * d),
    ys: new Float32Array(count * length),
  };
  for (let row = 0; row < count; row++) {
    const { prompt, x, y } = queryOf(row);
    const from = prompt * points;
    asked.xs.set(xs.subarray(from * d, (from + k) * d), row * length * d);
    asked.xs.set(x, (row * length + k) * d);
    asked.ys.set(ys.subarray(from, from + k), row * length);
    asked.ys[row * length + k] = y;
  }
  return asked;
}
