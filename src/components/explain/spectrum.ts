import * as Plot from '@observablehq/plot';
import { RandomStream } from '../../numerics/random.ts';
import { orthogonalPart, withLength } from '../../numerics/vectors.ts';
import { axes, chart, name } from './chart.ts';

const D = 20;
const DRAWS = 200;

/** Share of the variance along each direction when eigenvalues fall as 1/i². */
export const skewedShares = (d: number): number[] => {
  const squares = Array.from({ length: d }, (_, i) => 1 / (i + 1) ** 2);
  const sum = squares.reduce((a, b) => a + b, 0);
  return squares.map((value) => value / sum);
};

function shares(): string {
  const skewed = skewedShares(D).map((share, i) => ({ i: i + 1, share }));
  return chart({
    marginLeft: 50,
    x: { domain: [0.5, D + 0.5] },
    y: { type: 'log', domain: [1e-3, 1] },
    marks: [
      ...axes('direction', 'share of the variance', {
        x: { ticks: [1, 5, 10, 15, 20], tickFormat: String },
        y: { ticks: [0.001, 0.01, 0.1, 1], tickFormat: String },
      }),
      Plot.ruleY([1 / D], { stroke: 'var(--ink-soft)', strokeDasharray: '4 3', strokeWidth: 1.5 }),
      Plot.ruleX(skewed, { x: 'i', y1: 1e-3, y2: 'share', stroke: 'var(--mamba)', strokeWidth: 1 }),
      Plot.dot(skewed, { x: 'i', y: 'share', fill: 'var(--mamba)', r: 3.2 }),
      name('skewed', 2, 0.45, 'var(--mamba)'),
      name('isotropic', 14, 0.085, 'var(--ink-soft)'),
    ],
  });
}

/**
 * What least squares of minimum norm leaves of the error on skewed inputs after 0, 1, …, d examples, mean over
 * draws: the trace of the covariance on what is orthogonal to all examples.
 */
export function skewedLeastSquares(): number[] {
  const random = RandomStream.fromSeed(11).fork('spectrum');
  const shares = skewedShares(D);
  const left = new Float64Array(D + 1);
  for (let draw = 0; draw < DRAWS; draw++) {
    const basis: Float64Array[] = [];
    let rest = 1;
    left[0]! += rest / DRAWS;
    for (let k = 1; k <= D; k++) {
      const x = Float64Array.from(shares, (share) => Math.sqrt(share) * random.normal());
      const direction = withLength(orthogonalPart(x, basis), 1);
      rest -= direction.reduce((sum, value, i) => sum + value * value * shares[i]!, 0);
      left[k]! += rest / DRAWS;
      basis.push(direction);
    }
  }
  return [...left];
}

function errors(): string {
  const left = skewedLeastSquares().map((value, k) => ({ k, value }));
  return chart({
    x: { domain: [0, D] },
    y: { domain: [0, 1.05] },
    marks: [
      ...axes('examples, k', 'error of least squares', { y: { ticks: [0, 0.5, 1] } }),
      Plot.line(
        [
          [0, 1],
          [D, 0],
        ],
        { stroke: 'var(--ink-soft)', strokeDasharray: '4 3', strokeWidth: 1.5 },
      ),
      Plot.lineY(left, { x: 'k', y: 'value', stroke: 'var(--mamba)', strokeWidth: 2 }),
      name('1 − k/d, isotropic', 8.5, 0.66, 'var(--ink-soft)'),
      name('skewed', 5.2, 0.3, 'var(--mamba)'),
    ],
  });
}

export const drawSpectrum = (): string[] => [shares(), errors()];
