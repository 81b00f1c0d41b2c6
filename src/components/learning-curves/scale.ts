import type { LearningCurves } from '../../artifacts/learning-curves.ts';

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

/** The longest context, and the decades that hold every model's interval, at least down to 1e-4. */
export function axesOf(data: LearningCurves, methods: readonly string[]): Axes {
  const shown = data.curves.filter((curve) => methods.includes(curve.method));
  const highest = Math.max(1, ...shown.flatMap((curve) => curve.high));
  return {
    x: [0, Math.max(...data.k) / data.d],
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
