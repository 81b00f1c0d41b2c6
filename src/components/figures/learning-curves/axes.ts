import type { Axis } from '../../drawing/axis.ts';
import { halfDecadeAbove } from '../../drawing/ticks.ts';
import type { PublishedPanel } from '../../results/published.ts';
import type { Curve } from './facts.ts';

/** A published panel and its d. */
export interface Overlay {
  panel: PublishedPanel;
  d: number;
}

/** Axes shared by the panels of a figure: k in multiples of d on a square-root scale, and squared error / d (log). */
export interface Axes {
  x: Axis;
  y: Axis;
}

interface Content {
  d: number;
  curves: readonly Curve[];
  overlay: Overlay | undefined;
}

const FLOOR = 1e-4;

/**
 * The longest context, and the half decades that hold every model's interval and every published run up
 * to that context, at least down to 1e-4.
 */
export function axesOf(panels: readonly Content[]): Axes {
  const end = Math.max(
    ...panels.flatMap(({ curves, d }) =>
      curves.flatMap(({ k }) => k.map((examples) => examples / d)),
    ),
  );
  const ours = panels.flatMap(({ curves }) =>
    curves.filter(({ seed }) => seed !== undefined).flatMap(({ high }) => high),
  );
  const theirs = panels.flatMap(({ overlay }) => (overlay ? publishedErrors(overlay, end) : []));
  return {
    x: { type: 'sqrt', domain: [0, end] },
    y: { type: 'log', domain: [FLOOR, halfDecadeAbove(Math.max(1, ...ours, ...theirs))] },
  };
}

/** Middles of the bands of the published trainings, up to a context in multiples of d. */
const publishedErrors = ({ panel, d }: Overlay, end: number): number[] =>
  panel.curves
    .filter(({ run }) => run !== undefined)
    .flatMap(({ low, high }) =>
      high.filter((_, i) => panel.k[i]! / d <= end).map((top, i) => (low[i]! + top) / 2),
    );
