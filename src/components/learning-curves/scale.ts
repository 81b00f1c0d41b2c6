import type { LearningCurves } from '../../artifacts/learning-curves.ts';
import type { PublishedCurves } from '../data/published.ts';
import { longestContext } from './facts.ts';

export const PANEL = {
  width: 450,
  height: 356,
  left: 42,
  right: 102,
  top: 42,
  bottom: 40,
} as const;

/** Axes shared by the panels of a figure: k in multiples of d, and squared error / d (log). */
export interface Axes {
  x: [number, number];
  y: [number, number];
}

const FLOOR = 1e-4;

/**
 * The longest context, and the half decades that hold every model's interval and every published run up
 * to that context, at least down to 1e-4.
 */
export function axesOf(
  data: LearningCurves,
  methods: readonly string[],
  published?: PublishedCurves,
): Axes {
  const end = longestContext(data) / data.d;
  const shown = data.curves.filter((curve) => methods.includes(curve.method));
  const theirs = published?.curves.flatMap(({ low, high }) =>
    high
      .filter((_, i) => published.k[i]! / published.d <= end)
      .map((top, i) => (low[i]! + top) / 2),
  );
  const highest = Math.max(1, ...shown.flatMap((curve) => curve.high), ...(theirs ?? []));
  return {
    x: [0, end],
    y: [FLOOR, 10 ** (Math.ceil(2 * Math.log10(highest * 1.1)) / 2)],
  };
}

/** Where a curve's point lies in a panel's viewBox. */
export function project(axes: Axes, x: number, y: number): [number, number] {
  const across = (x - axes.x[0]) / (axes.x[1] - axes.x[0]);
  const up = Math.log(y / axes.y[0]) / Math.log(axes.y[1] / axes.y[0]);
  return [
    PANEL.left + across * (PANEL.width - PANEL.left - PANEL.right),
    PANEL.height - PANEL.bottom - up * (PANEL.height - PANEL.bottom - PANEL.top),
  ];
}

export const clampError = (axes: Axes, value: number): number =>
  Math.min(Math.max(value, axes.y[0]), axes.y[1]);
