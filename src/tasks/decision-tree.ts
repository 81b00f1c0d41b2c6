import type { RandomStream } from '../numerics/random.ts';
import { gaussianInputs } from './inputs.ts';
import type { Prompts, PromptShape } from './prompts.ts';

/**
 * Decision trees: x ~ N(0, I) and a full binary tree whose inner nodes each test the sign of a coordinate,
 * going right where it is positive; leaf values N(0, 1), so that the variance of y is 1, not d (content/methods.mdx,
 * Tasks). As in the paper's code, a node's coordinate is drawn among all d, active or not: one that is not active
 * always goes left. A coordinate may be tested again further down, where it decides nothing.
 */
export function sampleDecisionTree(
  shape: PromptShape,
  random: RandomStream,
  { depth = 4 }: { depth?: number } = {},
): Prompts {
  const { batch, points, d } = shape;
  const leaves = 2 ** depth;
  const xs = gaussianInputs(shape, random.fork('x'));
  const coordinate = random.fork('coordinates');
  const coordinates = Int32Array.from({ length: batch * (leaves - 1) }, () =>
    coordinate.integer(d),
  );
  const values = random.fork('leaves').normals(batch * leaves);
  const ys = Float32Array.from({ length: batch * points }, (_, i) => {
    const b = Math.floor(i / points);
    const tests = coordinates.subarray(b * (leaves - 1), (b + 1) * (leaves - 1));
    return values[b * leaves + reachedLeaf(xs.subarray(i * d, (i + 1) * d), tests)]!;
  });
  return { batch, points, d, xs, ys };
}

/** @param tests coordinate of each inner node, children of i at 2 i + 1 and 2 i + 2 */
function reachedLeaf(x: Float32Array, tests: Int32Array): number {
  let place = 0;
  while (place < tests.length) place = 2 * place + (x[tests[place]!]! > 0 ? 2 : 1);
  return place - tests.length;
}
