import { acrossAt, clamp, downAt } from '../chart/axis.ts';

/** Axes shared by the panels of a figure: k in multiples of d on a square-root scale, and squared error / d (log). */
export interface Axes {
  x: [number, number];
  y: [number, number];
}

/** Where a curve's point lies in a panel's viewBox. */
export const project = (axes: Axes, x: number, y: number): [number, number] => [
  acrossAt({ type: 'sqrt', domain: axes.x }, x),
  downAt({ type: 'log', domain: axes.y }, y),
];

export const clampError = (axes: Axes, value: number): number => clamp({ domain: axes.y }, value);
