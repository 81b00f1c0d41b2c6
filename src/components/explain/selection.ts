import * as Plot from '@observablehq/plot';
import { RandomStream } from '../../numerics/random.ts';
import { axes, chart, name } from './chart.ts';

const TOKENS = 40;
/** Tokens that matter, and what they say. */
const MARKED: Record<number, number> = { 4: 1, 15: -0.6, 24: 0.8, 33: -1 };
const SIZE = { width: 560, height: 150 };

/** h_t = e^{-Δ} h_{t-1} + (1 - e^{-Δ}) u_t: one state with A = -1, B = 1, stepped exactly. */
export function state(inputs: readonly number[], steps: readonly number[]): number[] {
  let h = 0;
  return inputs.map((u, t) => {
    const kept = Math.exp(-steps[t]!);
    h = kept * h + (1 - kept) * u;
    return h;
  });
}

const at = (values: readonly number[]) => values.map((value, t) => ({ t, value }));
const scales = { x: { domain: [0, TOKENS + 9] }, y: { domain: [-1.1, 1.1] } };
const ticks = { x: { ticks: [0, 10, 20, 30, 40] }, y: { ticks: [-1, 0, 1] } };

function inputChart(inputs: readonly number[]): string {
  const marked = at(inputs).filter(({ t }) => t in MARKED);
  return chart({
    ...SIZE,
    ...scales,
    marks: [
      Plot.ruleY([0], { stroke: 'var(--rule)' }),
      ...axes('token', 'input', ticks),
      Plot.ruleX(at(inputs), { x: 't', y1: 0, y2: 'value', stroke: 'var(--ink-soft)' }),
      Plot.dot(marked, { x: 't', y: 'value', r: 4, fill: 'var(--ink)' }),
    ],
  });
}

export function drawSelection(): string[] {
  const random = RandomStream.fromSeed(7).fork('selection');
  const inputs = Array.from({ length: TOKENS }, (_, t) => MARKED[t] ?? 0.25 * random.normal());
  const fixed = state(
    inputs,
    inputs.map(() => 0.4),
  );
  const selective = state(
    inputs,
    inputs.map((_, t) => (t in MARKED ? 4 : 0.004)),
  );
  const line = { x: 't', y: 'value', curve: 'step-after' } as const;
  const states = chart({
    ...SIZE,
    ...scales,
    marks: [
      Plot.ruleY([0], { stroke: 'var(--rule)' }),
      ...axes('token', 'state', ticks),
      Plot.lineY(at(fixed), {
        ...line,
        stroke: 'var(--s4d)',
        strokeDasharray: '3 2',
        strokeWidth: 1.6,
      }),
      Plot.lineY(at(selective), { ...line, stroke: 'var(--mamba)', strokeWidth: 2 }),
      name('step by token', TOKENS - 0.3, selective[TOKENS - 1]!, 'var(--mamba)'),
      name('one step for all', TOKENS - 0.3, fixed[TOKENS - 1]! + 0.12, 'var(--s4d)'),
    ],
  });
  return [inputChart(inputs), states];
}
