import * as Plot from '@observablehq/plot';
import { plotMarkup } from '../drawing/plot.ts';

/** A small explanatory chart in the look of the data figures; its texts speak for it, so it needs no style sheet. */
export const chart = (options: Plot.PlotOptions): string =>
  plotMarkup({
    width: 360,
    height: 210,
    marginLeft: 40,
    marginRight: 12,
    marginTop: 26,
    marginBottom: 36,
    ...options,
  });

const soft = { label: null, color: 'var(--ink-soft)', tickSize: 0 } as const;

/** Axes in the soft ink of the data figures, with what they measure written at their ends. */
export function axes(
  across: string,
  up: string,
  { x = {}, y = {} }: { x?: Plot.AxisXOptions; y?: Plot.AxisYOptions } = {},
): Plot.Markish[] {
  return [
    Plot.axisX({ ...soft, tickSize: 4, ...x }),
    Plot.axisY({ ...soft, ...y }),
    Plot.text([up], {
      frameAnchor: 'top-left',
      dx: -36,
      dy: -20,
      textAnchor: 'start',
      fill: 'var(--ink-soft)',
    }),
    Plot.text([across], {
      frameAnchor: 'bottom-right',
      dy: 32,
      textAnchor: 'end',
      fill: 'var(--ink-soft)',
    }),
  ];
}

/** A name beside a line, in its colour. */
export const name = (
  text: string,
  x: number,
  y: number,
  fill: string,
  options: Plot.TextOptions = {},
): Plot.Markish =>
  Plot.text([{ x, y, text }], {
    x: 'x',
    y: 'y',
    text: 'text',
    fill,
    fontWeight: 600,
    textAnchor: 'start',
    ...options,
  });
