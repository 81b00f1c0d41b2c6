import type { RandomStream } from '../numerics/random.ts';
import { gaussianInputs, linearValues } from './inputs.ts';
import type { Prompts, PromptShape } from './prompts.ts';

/**
 * Sparse linear regression: x ~ N(0, I), y = w · x where all but `sparsity` random coordinates of w ~ N(0, I)
 * are zero (content/methods.mdx, Tasks). As in the paper's code, which its text does not say, the coordinates are
 * drawn among the active ones; where fewer are active than `sparsity`, all of them count. The variance of y is
 * sparsity, not d.
 */
export function sampleSparseLinearRegression(
  shape: PromptShape,
  random: RandomStream,
  { sparsity = 3 }: { sparsity?: number } = {},
): Prompts {
  const { batch, points, d, activeDims = d } = shape;
  const xs = gaussianInputs(shape, random.fork('x'));
  const w = random.fork('w').normals(batch * d);
  const coordinates = random.fork('coordinates');
  for (let b = 0; b < batch; b++) {
    const kept = new Set(coordinates.fork(b).permutation(activeDims).subarray(0, sparsity));
    for (let j = 0; j < d; j++) if (!kept.has(j)) w[b * d + j] = 0;
  }
  return { batch, points, d, xs, ys: linearValues(xs, w, d) };
}
