import { describe, expect, test } from 'vitest';
import { network } from '../../src/baselines/network.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { sampleReluNetwork } from '../../src/tasks/relu-network.ts';
import { normalisedErrors } from './errors.ts';

const random = RandomStream.fromSeed(51);

/** Of each unit W1 [d], b1 and W2, and then b2, of the network for `k` examples of the first prompt. */
function initial(d: number, hidden: number, k: number): number[] {
  const stream = random.fork(0).fork(k).fork('initial');
  const uniform = (fanIn: number) => stream.uniform(-1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn));
  const unit = () => [...Array.from({ length: d + 1 }, () => uniform(d)), uniform(hidden)];
  return [...Array.from({ length: hidden }, unit).flat(), uniform(hidden)];
}

function output(parameters: readonly number[], x: readonly number[], hidden: number): number {
  const units = Array.from({ length: hidden }, (_, h) => {
    const [bias, out] = parameters.slice((h + 1) * (x.length + 2) - 2) as [number, number];
    const weights = parameters.slice(h * (x.length + 2));
    return (
      out *
      Math.max(
        0,
        x.reduce((sum, value, j) => sum + value * weights[j]!, bias),
      )
    );
  });
  return units.reduce((sum, unit) => sum + unit, parameters.at(-1)!);
}

/** Adam on finite differences of the mean squared error over the first k points. */
function trained({ d, xs, ys }: Prompts, k: number, hidden: number, steps: number): number[] {
  const x = (i: number) => Array.from(xs.subarray(i * d, (i + 1) * d));
  const loss = (parameters: readonly number[]): number =>
    Array.from(
      { length: k },
      (_, i) => (output(parameters, x(i), hidden) - ys[i]!) ** 2 / k,
    ).reduce((sum, value) => sum + value);
  let parameters = initial(d, hidden, k);
  const first = parameters.map(() => 0);
  const second = parameters.map(() => 0);
  for (let step = 1; step <= steps; step++) {
    const moved = (i: number, by: number) => parameters.with(i, parameters[i]! + by);
    const slopes = parameters.map((_, i) => (loss(moved(i, 1e-6)) - loss(moved(i, -1e-6))) / 2e-6);
    parameters = parameters.map((value, i) => {
      first[i] = 0.9 * first[i]! + 0.1 * slopes[i]!;
      second[i] = 0.999 * second[i]! + 0.001 * slopes[i]! ** 2;
      const scale = Math.sqrt(second[i] / (1 - 0.999 ** step)) + 1e-8;
      return value - (0.005 * first[i]) / (1 - 0.9 ** step) / scale;
    });
  }
  return parameters;
}

describe('a network', () => {
  const prompts = sampleReluNetwork({ batch: 1, points: 9, d: 2 }, random.fork('data'));

  test('takes the steps of Adam on finite differences', () => {
    const [hidden, steps] = [5, 6];
    const predictions = network({ hidden, steps, random })(prompts);
    for (const k of [1, 4, 8]) {
      const query = Array.from(prompts.xs.subarray(k * 2, k * 2 + 2));
      const expected = output(trained(prompts, k, hidden, steps), query, hidden);
      expect(Math.abs(predictions[k]! - expected)).toBeLessThan(1e-6);
    }
  });

  test('of more examples than a batch sees some of them at each step', () => {
    const options = { hidden: 5, steps: 3, random };
    const [whole, part] = [network(options)(prompts), network({ ...options, batch: 4 })(prompts)];
    expect(part.subarray(0, 5)).toEqual(whole.subarray(0, 5));
    for (let k = 5; k < 9; k++) expect(part[k]).not.toBe(whole[k]);
  });

  test('learns ReLU networks from their examples', () => {
    const many = sampleReluNetwork({ batch: 3, points: 31, d: 2 }, random.fork('many'));
    const errors = normalisedErrors(many, network({ random })(many));
    const late = errors.slice(21).reduce((sum, error) => sum + error / 10, 0);
    const early = errors.slice(0, 3).reduce((sum, error) => sum + error / 3, 0);
    expect(late).toBeLessThan(0.25 * early);
  });
});
