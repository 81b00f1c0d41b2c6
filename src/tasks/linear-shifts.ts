import type { RandomStream } from '../numerics/random.ts';
import {
  dot,
  orthogonalPart,
  randomDirections,
  transformRows,
  withLength,
} from '../numerics/vectors.ts';
import { gaussianInputs, linearValues } from './inputs.ts';
import { skewMatrix } from './linear-regression.ts';
import { sampleNoisyLinearRegression } from './noisy-linear-regression.ts';
import type { PromptSet } from './prompt-sets.ts';
import type { Prompts, PromptShape } from './prompts.ts';

/**
 * Evaluation distributions for models trained on linear regression, y = w · x with w ~ N(0, I) (content/methods.mdx,
 * Evaluation):
 * - `isotropic`: x ~ N(0, I). The published "skewed" panel shows this one (content/reproduction-notes.mdx, The figure
 *   on skewed inputs).
 * - `skewed`: covariance eigenvalues ∝ 1/i², trace d, in one basis for the whole evaluation. (Training draws
 *   a basis per batch: `sampleLinearRegression`.)
 * - `half-subspace`: x in one random subspace of ⌊d/2⌋ dimensions, trace d. The paper's text sets
 *   coordinates to zero instead; this is its code.
 * - `scaled-x`, `scaled-y`: isotropic, x or y times `factor`; published 1/3, and in code also 0.5, 2, 3.
 * - `noisy`: `sampleNoisyLinearRegression` with unit noise.
 * - `orthants`: context in one random orthant per prompt, |x| · s, queries from all of them.
 * - `orthogonal-query`: query k is x_k less its projection on the span of the k examples, at the length of
 *   x_k; so there are at most d points. In the paper's code, not in its text.
 * - `repeated-query`: query k ≥ 1 is one of the k examples, drawn uniformly. Likewise.
 */
export type LinearShift =
  | { kind: 'isotropic' | 'skewed' | 'half-subspace' | 'noisy' }
  | { kind: 'scaled-x' | 'scaled-y'; factor: number }
  | { kind: 'orthants' | 'orthogonal-query' | 'repeated-query' };

type Shape = Omit<PromptShape, 'activeDims'>;

/**
 * One batch of evaluation prompts, the same wherever it is drawn. Whatever the shift, a batch is made from the
 * same normal deviates and the same w, so that shifts can be compared prompt by prompt; batches of
 * `isotropic` are those of `evaluationBatch` where `random` is its fork `evaluate isotropic`.
 * @param random the stream of the evaluation: what all batches share is drawn from it, too
 * @throws RangeError for `orthogonal-query` with more than d points, `half-subspace` with d = 1
 */
export function sampleShifted(
  shift: LinearShift,
  shape: Shape,
  random: RandomStream,
  batch: number,
): PromptSet {
  const own = random.fork(batch);
  if (shift.kind === 'noisy') return sampleNoisyLinearRegression(shape, own);
  const z = gaussianInputs(shape, own.fork('x'));
  const w = own.fork('w').normals(shape.batch * shape.d);
  const prompts = (xs: Float32Array): Prompts => ({
    ...shape,
    xs,
    ys: linearValues(xs, w, shape.d),
  });
  const queried = (xs: Float32Array, queries: Float32Array): PromptSet => ({
    contexts: prompts(xs),
    queries,
    targets: linearValues(queries, w, shape.d),
  });
  switch (shift.kind) {
    case 'isotropic':
      return prompts(z);
    case 'skewed':
      return prompts(transformRows(z, skewMatrix(shape.d, random.fork('basis')), shape.d));
    case 'half-subspace':
      return prompts(transformRows(z, halfSubspace(shape.d, random.fork('basis')), shape.d));
    case 'scaled-x':
      return prompts(z.map((x) => x * shift.factor));
    case 'scaled-y': {
      const { xs, ys } = prompts(z);
      return { ...shape, xs, ys: ys.map((y) => y * shift.factor) };
    }
    case 'orthants':
      return queried(inOneOrthant(z, shape, own.fork('signs')), z);
    case 'orthogonal-query':
      return queried(z, orthogonalQueries(z, shape));
    case 'repeated-query':
      return queried(z, repeatedQueries(z, shape, own.fork('repeats')));
  }
}

export type SampleShifted = typeof sampleShifted;

/** sqrt(d / m) times the projection on a random subspace of m = ⌊d/2⌋ dimensions. [d d] */
function halfSubspace(d: number, random: RandomStream): Float64Array {
  if (d < 2) throw new RangeError(`sampleShifted: expected d ≥ 2 for half a subspace, got ${d}`);
  const basis = randomDirections(Math.floor(d / 2), d, random);
  const scale = Math.sqrt(d / basis.length);
  const matrix = new Float64Array(d * d);
  for (const direction of basis) {
    for (let i = 0; i < d * d; i++) {
      matrix[i]! += scale * direction[Math.floor(i / d)]! * direction[i % d]!;
    }
  }
  return matrix;
}

function inOneOrthant(z: Float32Array, { batch, points, d }: Shape, random: RandomStream) {
  const signs = Float32Array.from({ length: batch * d }, () => (random.integer(2) === 0 ? -1 : 1));
  return z.map((x, i) => Math.abs(x) * signs[Math.floor(i / (points * d)) * d + (i % d)]!);
}

function orthogonalQueries(z: Float32Array, { batch, points, d }: Shape): Float32Array {
  if (points > d) {
    throw new RangeError(
      `sampleShifted: expected at most ${d} points for orthogonal queries, got ${points}; ` +
        `d examples leave no direction orthogonal to them all`,
    );
  }
  const queries = new Float32Array(z.length);
  for (let b = 0; b < batch; b++) {
    const basis: Float64Array[] = [];
    for (let start = b * points * d; start < (b + 1) * points * d; start += d) {
      const x = z.subarray(start, start + d);
      const rest = orthogonalPart(x, basis);
      queries.set(withLength(rest, Math.sqrt(dot(x, x))), start);
      basis.push(withLength(rest, 1));
    }
  }
  return queries;
}

function repeatedQueries(z: Float32Array, { batch, points, d }: Shape, random: RandomStream) {
  const queries = z.slice();
  for (let b = 0; b < batch; b++) {
    const start = b * points;
    for (let k = 1; k < points; k++) {
      const example = start + random.integer(k);
      queries.set(z.subarray(example * d, (example + 1) * d), (start + k) * d);
    }
  }
  return queries;
}
