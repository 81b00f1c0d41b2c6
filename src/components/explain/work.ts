import * as Plot from '@observablehq/plot';
import { axes, chart, name } from './chart.ts';

const WIDTH = 64;
const STATES = 16;
const TOKENS = 12;

/** Multiplications at token t (from 1) to score t keys and mix t values, over all heads. */
export const attentionWork = (t: number, width = WIDTH): number => 2 * t * width;

/** Multiplications a token: decay, write and read of every state of 2 · width channels; e^{ΔA} counts as one. */
export const scanWork = (width = WIDTH, states = STATES): number => 2 * width * states * 5;

function reading(): string {
  const cells = Array.from({ length: TOKENS }, (_, row) =>
    Array.from({ length: row + 1 }, (_, column) => ({ row, column, newest: row === TOKENS - 1 })),
  ).flat();
  const chain = Array.from({ length: TOKENS }, (_, row) => ({ row }));
  const fill = ({ newest }: { newest: boolean }) => (newest ? 'var(--transformer)' : 'var(--rule)');
  return chart({
    width: 300,
    marginLeft: 8,
    x: { domain: [-0.5, TOKENS + 3] },
    y: { domain: [TOKENS - 0.5, -0.5], axis: null },
    marks: [
      Plot.axisX({ ticks: [], label: null }),
      Plot.dot(cells, { x: 'column', y: 'row', symbol: 'square', r: 5, fill }),
      Plot.ruleX([TOKENS + 1.5], { y1: 0, y2: TOKENS - 1, stroke: 'var(--mamba)' }),
      Plot.dot(chain, {
        x: TOKENS + 1.5,
        y: 'row',
        symbol: 'circle',
        r: 4.5,
        fill: ({ row }: { row: number }) => (row >= TOKENS - 2 ? 'var(--mamba)' : 'var(--paper)'),
        stroke: 'var(--mamba)',
      }),
      name('causal mask', 3, -1.2, 'var(--transformer)'),
      name('scan', TOKENS + 0.2, -1.2, 'var(--mamba)'),
      Plot.text(['newest token'], {
        frameAnchor: 'bottom-left',
        dy: 18,
        textAnchor: 'start',
        fill: 'var(--ink-soft)',
      }),
    ],
  });
}

function counting(): string {
  const attention = Array.from({ length: 101 }, (_, k) => ({ k, work: attentionWork(2 * k + 1) }));
  return chart({
    marginLeft: 54,
    marginRight: 68,
    x: { domain: [0, 100] },
    y: { domain: [0, 26_000] },
    marks: [
      ...axes('examples in context', 'multiplications for one token', {
        y: {
          ticks: [0, 10_000, 20_000],
          tickFormat: (value: number) => value.toLocaleString('en-US'),
        },
      }),
      Plot.lineY(attention, {
        x: 'k',
        y: 'work',
        stroke: 'var(--transformer)',
        strokeDasharray: '6 3',
        strokeWidth: 1.8,
      }),
      Plot.ruleY([scanWork()], { stroke: 'var(--mamba)', strokeWidth: 1.8 }),
      name('attention', 101, attentionWork(200), 'var(--transformer)'),
      name('scan', 101, scanWork(), 'var(--mamba)'),
    ],
  });
}

export const drawWork = (): string[] => [reading(), counting()];
