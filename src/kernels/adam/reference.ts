import type { AdamSettings } from './op.ts';

interface AdamArrays {
  parameter: Float64Array;
  m: Float64Array;
  v: Float64Array;
}

/** One Adam step in float64, in Kingma & Ba's own letters; step counts from 1. */
export function adamReference(
  { parameter, m, v }: AdamArrays,
  gradient: Float64Array,
  step: number,
  learningRate: number,
  { beta1, beta2, epsilon }: AdamSettings,
): AdamArrays {
  const nextM = m.map((value, i) => beta1 * value + (1 - beta1) * gradient[i]!);
  const nextV = v.map((value, i) => beta2 * value + (1 - beta2) * gradient[i]! ** 2);
  const next = parameter.map((value, i) => {
    const mHat = nextM[i]! / (1 - beta1 ** step);
    const vHat = nextV[i]! / (1 - beta2 ** step);
    return value - (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
  });
  return { parameter: next, m: nextM, v: nextV };
}
