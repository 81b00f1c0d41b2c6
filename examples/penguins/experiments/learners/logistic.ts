import { SPECIES } from '../../artifacts/telling-species.ts';
import type { Bird, Classifier } from './birds.ts';

/** Descent on standardised measurements: at this rate the loss falls at every step. */
const RATE = 0.5;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Brings each measurement to mean 0 and variance 1 on these birds, and adds the constant 1. */
function standardiser(birds: readonly Bird[]): (measured: readonly number[]) => number[] {
  const scales = birds[0]!.measured.map((_, feature) => {
    const values = birds.map(({ measured }) => measured[feature]!);
    const middle = mean(values);
    return { middle, width: Math.sqrt(mean(values.map((value) => (value - middle) ** 2))) || 1 };
  });
  return (measured) => [
    ...scales.map(({ middle, width }, feature) => (measured[feature]! - middle) / width),
    1,
  ];
}

const scoresOf = (weights: readonly number[][], x: readonly number[]): number[] =>
  weights.map((row) => row.reduce((sum, weight, i) => sum + weight * x[i]!, 0));

function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - top));
  const total = odds.reduce((sum, value) => sum + value, 0);
  return odds.map((value) => value / total);
}

/**
 * Multinomial logistic regression by gradient descent on the mean cross-entropy.
 * @param decay weight of half the squared coefficients, the constants left out
 */
export function fitLogistic(
  birds: readonly Bird[],
  { steps, decay }: { steps: number; decay: number },
): Classifier {
  const standardised = standardiser(birds);
  const xs = birds.map(({ measured }) => standardised(measured));
  const weights = SPECIES.map(() => xs[0]!.map(() => 0));
  for (let step = 0; step < steps; step++) {
    const slopes = weights.map((row) =>
      row.map((weight, i) => (i === row.length - 1 ? 0 : decay * weight)),
    );
    for (const [bird, x] of xs.entries())
      for (const [species, p] of softmax(scoresOf(weights, x)).entries()) {
        const off = (p - (birds[bird]!.species === species ? 1 : 0)) / xs.length;
        for (const [i, value] of x.entries()) slopes[species]![i]! += off * value;
      }
    for (const [species, row] of slopes.entries())
      for (const [i, slope] of row.entries()) weights[species]![i]! -= RATE * slope;
  }
  return (measured) => {
    const scores = scoresOf(weights, standardised(measured));
    return scores.indexOf(Math.max(...scores));
  };
}
