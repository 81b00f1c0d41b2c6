import * as Plot from '@observablehq/plot';
import { axes, chart } from './chart.ts';

const TOKENS = 64;

/** 2 Re(C (e^{ΔA} - 1)/A e^{ΔA l}) for l = 0, 1, …, with A = -1/2 + iπn and C = 1 (S4D-Lin). */
export function impulseResponse(n: number, step: number, length: number): number[] {
  const [re, im] = [-0.5, Math.PI * n];
  const grown = Math.exp(step * re);
  const [a, b] = [grown * Math.cos(step * im) - 1, grown * Math.sin(step * im)];
  const norm = re * re + im * im;
  const [p, q] = [(a * re + b * im) / norm, (b * re - a * im) / norm];
  return Array.from({ length }, (_, l) => {
    const size = Math.exp(step * re * l);
    return 2 * size * (p * Math.cos(step * im * l) - q * Math.sin(step * im * l));
  });
}

/** Responses relative to their first value, so that one axis holds both steps. */
function mode(n: number, first: boolean): string {
  const points = (step: number) => {
    const response = impulseResponse(n, step, TOKENS);
    return response.map((value, l) => ({ l, value: value / response[0]! }));
  };
  const line = { x: 'l', y: 'value', stroke: 'var(--s4d)' };
  return chart({
    width: 240,
    height: 170,
    x: { domain: [0, TOKENS] },
    y: { domain: [-1, 1] },
    marks: [
      Plot.ruleY([0], { stroke: 'var(--rule)' }),
      ...axes('tokens later', `n = ${n}${first ? ', relative to the first value' : ''}`, {
        x: { ticks: [0, 32, 64] },
        y: { ticks: [-1, 0, 1] },
      }),
      Plot.lineY(points(0.01), { ...line, strokeDasharray: '3 3', strokeWidth: 1.4 }),
      Plot.lineY(points(0.1), { ...line, strokeWidth: 1.8 }),
    ],
  });
}

export const drawImpulse = (): string[] => [0, 1, 2].map((n) => mode(n, n === 0));
