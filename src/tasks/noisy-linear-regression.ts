import type { RandomStream } from '../numerics/random.ts';
import { gaussianInputs, linearValues } from './inputs.ts';
import type { Prompts, PromptShape } from './prompts.ts';

/**
 * Noisy linear regression: y = w · x + N(0, noiseStd²), and then all y of the batch scaled to standard
 * deviation sqrt(d) (as in the paper's code). The noisy y are also the targets, so that with unit noise no
 * method has a normalised error below about 1 / (d + 1). The scale is the batch's own: a prompt's y
 * depend, slightly, on the batch it was drawn in.
 */
export function sampleNoisyLinearRegression(
  shape: PromptShape,
  random: RandomStream,
  { noiseStd = 1 }: { noiseStd?: number } = {},
): Prompts {
  const { batch, points, d } = shape;
  const xs = gaussianInputs(shape, random.fork('x'));
  const ys = linearValues(xs, random.fork('w').normals(batch * d), d);
  const noise = random.fork('noise').normals(batch * points);
  for (let i = 0; i < ys.length; i++) ys[i]! += noiseStd * noise[i]!;
  const scale = Math.sqrt(d) / standardDeviation(ys);
  return { batch, points, d, xs, ys: ys.map((y) => y * scale) };
}

/** With n - 1, as the paper's code has it. */
function standardDeviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(squares / (values.length - 1));
}
