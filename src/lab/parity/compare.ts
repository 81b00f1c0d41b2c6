import type { Tensor } from '@tensorflow/tfjs-core';
import { largest, relativeError } from '../../numerics/relative-error.ts';

/** Greatest relative errors that the golden cases allow. */
export const TOLERANCE = { forward: 1e-4, gradient: 1e-3, loss: 1e-3 } as const;

/** A gradient this small beside the model's largest one counts as zero, and so must ours. */
const ZERO_GRADIENT = 1e-6;

export interface Check {
  tensor: string;
  relativeError: number;
  tolerance: number;
}

type Values = ArrayLike<number>;

/** Checks gradients by name against golden ones. */
export function checkGradients(
  ours: Readonly<Record<string, Values>>,
  golden: Readonly<Record<string, Values>>,
): Check[] {
  const model = Math.max(...Object.values(golden).map(largest));
  return Object.entries(golden).map(([name, values]) => {
    const zero = largest(values) < ZERO_GRADIENT * model;
    return {
      tensor: `grad.${name}`,
      relativeError: relativeError(ours[name] ?? [], values, zero ? model : undefined),
      tolerance: zero ? 2 * ZERO_GRADIENT : TOLERANCE.gradient,
    };
  });
}

const excess = ({ relativeError, tolerance }: Check): number =>
  Number.isNaN(relativeError) ? Number.POSITIVE_INFINITY : relativeError / tolerance;

/** The check that is furthest beyond its tolerance, or nearest to it. */
export function worstOf(checks: readonly Check[]): Check {
  const [worst] = checks.toSorted((a, b) => excess(b) - excess(a));
  if (!worst) throw new Error('parity: expected tensors to compare, got none; check the case');
  return worst;
}

export const holds = ({ relativeError, tolerance }: Check): boolean => relativeError <= tolerance;

export const read = async (tensor: Tensor): Promise<Float32Array> =>
  (await tensor.data()) as Float32Array;
