import * as Plot from '@observablehq/plot';
import { RandomStream } from '../../numerics/random.ts';
import { sampleLinearRegression } from '../../tasks/linear-regression.ts';
import { interleave } from '../../tasks/prompts.ts';
import { chart } from './chart.ts';

const POINTS = 7;
const D = 5;

/** The tokens of one prompt, as the sampler draws it. */
export function promptCells(): { token: number; row: number; value: number }[] {
  const random = RandomStream.fromSeed(3).fork('prompt');
  const prompts = sampleLinearRegression({ batch: 1, points: POINTS, d: D }, random, {
    inputs: 'skewed',
  });
  const values = [...interleave(prompts)].slice(0, (2 * POINTS - 1) * D);
  return values.map((value, i) => ({ token: Math.floor(i / D), row: i % D, value }));
}

const label = (token: number): string =>
  `${token % 2 === 0 ? 'x' : 'y'}${'₁₂₃₄₅₆₇'[Math.floor(token / 2)]}`;

export function drawPrompt(): string[] {
  const cells = promptCells();
  const largest = Math.max(...cells.map(({ value }) => Math.abs(value)));
  const inputs = Array.from({ length: POINTS }, (_, i) => 2 * i);
  const cell = { x: 'token', y: 'row', inset: 1, rx: 2 };
  const isPadding = ({ token, row }: { token: number; row: number }) => token % 2 === 1 && row > 0;
  return [
    chart({
      width: 560,
      height: 230,
      marginLeft: 8,
      marginRight: 8,
      marginTop: 24,
      marginBottom: 44,
      x: { type: 'band', domain: Array.from({ length: 2 * POINTS - 1 }, (_, i) => i) },
      y: { type: 'band', domain: [0, 1, 2, 3, 4], axis: null },
      marks: [
        Plot.cell(cells, {
          ...cell,
          fill: ({ value }: { value: number }) =>
            value < 0 ? 'var(--transformer)' : 'var(--mamba)',
          fillOpacity: ({ value }: { value: number }) => Math.sqrt(Math.abs(value) / largest),
          stroke: (one: { token: number; row: number }) =>
            isPadding(one) ? 'none' : 'var(--rule)',
        }),
        Plot.cell(cells.filter(isPadding), { ...cell, fill: 'var(--tint)' }),
        Plot.axisX({
          anchor: 'top',
          tickFormat: label,
          tickSize: 0,
          label: null,
          color: 'var(--ink)',
        }),
        Plot.axisX(inputs, {
          anchor: 'bottom',
          tickFormat: (token: number) => `↓\nŷ${'₁₂₃₄₅₆₇'[token / 2]}`,
          tickSize: 0,
          label: null,
          lineWidth: 40,
          lineHeight: 1.3,
          color: 'var(--ink)',
        }),
      ],
    }),
  ];
}
