import type { RandomStream } from '../numerics/random.ts';
import type { ParameterValues } from './model.ts';

type Value = ParameterValues[string];

const size = (shape: readonly number[]): number => shape.reduce((n, axis) => n * axis, 1);

/** Every entry from `entry(index)`, in row-major order. */
export const fill = (shape: number[], entry: (index: number) => number): Value => ({
  shape,
  values: Float32Array.from({ length: size(shape) }, (_, i) => entry(i)),
});

export const constant = (shape: number[], value: number): Value => fill(shape, () => value);

/** U(-bound, bound) */
export const uniform = (random: RandomStream, shape: number[], bound: number): Value =>
  fill(shape, () => random.uniform(-bound, bound));

/** N(0, deviation²) */
export const normal = (random: RandomStream, shape: number[], deviation: number): Value =>
  fill(shape, () => deviation * random.normal());

/** PyTorch's default for `nn.Linear`. */
export const initLinear = (
  random: RandomStream,
  prefix: string,
  nIn: number,
  nOut: number,
): ParameterValues => ({
  [`${prefix}.weight`]: uniform(random.fork('weight'), [nOut, nIn], nIn ** -0.5),
  [`${prefix}.bias`]: uniform(random.fork('bias'), [nOut], nIn ** -0.5),
});
