import type { RandomStream } from '../numerics/random.ts';
import { baseline, refit } from './baseline.ts';
import type { Baseline } from './baseline.ts';

export interface NetworkOptions {
  hidden?: number;
  steps?: number;
  learningRate?: number;
  /** Examples per step, drawn without replacement; all of them while there are no more. */
  batch?: number;
  /** Of the initial weights and the batches. */
  random: RandomStream;
}

/**
 * A two-layer ReLU network trained from scratch for every k, by Adam on the mean squared error (published:
 * d-100-1, rate 5e-3, 100 steps, batch min(k, 100)), with biases and PyTorch's initial weights. Only
 * arithmetic and square roots: the same predictions in every engine. About 600 · steps · min(k, batch) · d
 * operations at k with the default width, so K queries of a prompt take K times that.
 */
export const network = ({
  hidden = 100,
  steps = 100,
  learningRate = 5e-3,
  batch = 100,
  random,
}: NetworkOptions): Baseline =>
  baseline((prompt, d) => {
    const stream = random.fork(prompt);
    return refit((xs, ys) => {
      const k = xs.length;
      const own = stream.fork(k);
      const parameters = initialParameters(d, hidden, own.fork('initial'));
      const update = adam(parameters.length, learningRate);
      for (let step = 0; step < steps; step++) {
        const chosen = k <= batch ? xs.keys() : own.fork(step).permutation(k).subarray(0, batch);
        update(parameters, gradient(parameters, xs, ys, [...chosen], hidden));
      }
      return (x) => evaluate(parameters, x, new Float64Array(hidden));
    });
  });

/**
 * For each hidden unit its weights from x [d], its bias and its weight to the output; then the output's bias.
 * Uniform ± 1/√fan-in.
 */
function initialParameters(d: number, hidden: number, random: RandomStream): Float64Array {
  const parameters = new Float64Array(hidden * (d + 2) + 1);
  for (let i = 0; i < parameters.length; i++) {
    const ofOutput = i % (d + 2) === d + 1 || i === parameters.length - 1;
    const bound = 1 / Math.sqrt(ofOutput ? hidden : d);
    parameters[i] = random.uniform(-bound, bound);
  }
  return parameters;
}

/** @param units filled with the hidden activations */
function evaluate(parameters: Float64Array, x: Float64Array, units: Float64Array): number {
  const d = x.length;
  let output = parameters[parameters.length - 1]!;
  let at = 0;
  for (let h = 0; h < units.length; h++) {
    let sum = parameters[at + d]!;
    for (let j = 0; j < d; j++) sum += parameters[at + j]! * x[j]!;
    const unit = sum > 0 ? sum : 0;
    units[h] = unit;
    output += unit * parameters[at + d + 1]!;
    at += d + 2;
  }
  return output;
}

/** Of the mean squared error over the chosen examples. */
function gradient(
  parameters: Float64Array,
  xs: readonly Float64Array[],
  ys: readonly number[],
  chosen: readonly number[],
  hidden: number,
): Float64Array {
  const result = new Float64Array(parameters.length);
  const units = new Float64Array(hidden);
  for (const i of chosen) {
    const x = xs[i]!;
    const slope = (2 * (evaluate(parameters, x, units) - ys[i]!)) / chosen.length;
    result[result.length - 1]! += slope;
    propagate(result, parameters, x, units, slope);
  }
  return result;
}

/** Adds the gradient of slope · output. */
function propagate(
  result: Float64Array,
  parameters: Float64Array,
  x: Float64Array,
  units: Float64Array,
  slope: number,
): void {
  const d = x.length;
  for (let h = 0, at = 0; h < units.length; h++, at += d + 2) {
    const unit = units[h]!;
    if (unit === 0) continue;
    const inner = slope * parameters[at + d + 1]!;
    for (let j = 0; j < d; j++) result[at + j]! += inner * x[j]!;
    result[at + d]! += inner;
    result[at + d + 1]! += slope * unit;
  }
}

/** Adam (Kingma & Ba 2015) with β = .9, .999 and ε = 1e-8. */
function adam(size: number, learningRate: number) {
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  let decay1 = 1;
  let decay2 = 1;
  return (parameters: Float64Array, gradient: Float64Array): void => {
    decay1 *= 0.9;
    decay2 *= 0.999;
    for (let i = 0; i < size; i++) {
      first[i] = 0.9 * first[i]! + 0.1 * gradient[i]!;
      second[i] = 0.999 * second[i]! + 0.001 * gradient[i]! * gradient[i]!;
      const scale = Math.sqrt(second[i]! / (1 - decay2)) + 1e-8;
      parameters[i]! -= (learningRate * first[i]!) / (1 - decay1) / scale;
    }
  };
}
