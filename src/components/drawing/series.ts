import * as Plot from '@observablehq/plot';
import type { Axis } from './axis.ts';
import type { methodStyle } from './methods.ts';

export interface Point {
  x: number;
  y: number;
  /** Ends of the interval, where there is one. */
  low?: number;
  high?: number;
}

type Style = ReturnType<typeof methodStyle>;

interface Look {
  style: Style;
  className: string;
  y: Axis;
  /** Points that carry the method's mark. */
  marked?(point: Point): boolean;
  opacity?: number;
}

/** Values that a logarithmic axis cannot hold are drawn at its lower end, out of the frame. */
const visible = ({ type, domain: [low] }: Axis, value: number): number =>
  type === 'log' ? Math.max(value, low / 100) : value;

/** A line with its interval as a band and the method's marks on some of its points. */
export function series(points: readonly Point[], look: Look): Plot.Markish[] {
  const { style, className, y, marked = () => false, opacity = 1 } = look;
  const stroke = `var(${style.variable})`;
  const data = points.map((point) => ({
    x: point.x,
    y: visible(y, point.y),
    low: visible(y, point.low ?? point.y),
    high: visible(y, point.high ?? point.y),
  }));
  const at = { x: 'x', y: 'y', clip: true } as const;
  const line = Plot.lineY(data, {
    ...at,
    stroke,
    strokeOpacity: opacity,
    strokeDasharray: style.dash,
    strokeWidth: style.role === 'model' ? 1.6 : 1.4,
    className,
  });
  const inside = ({ y: value }: Point) => value >= y.domain[0] && value <= y.domain[1];
  const dots = style.symbol
    ? [
        Plot.dot(
          data.filter((point) => marked(point) && inside(point)),
          {
            x: 'x',
            y: 'y',
            symbol: style.symbol,
            r: 2.8,
            fill: stroke,
            fillOpacity: opacity,
            stroke: 'var(--paper)',
            strokeWidth: 0.8,
          },
        ),
      ]
    : [];
  const band = { x: 'x', y1: 'low', y2: 'high', fill: stroke, fillOpacity: 0.13, clip: true };
  const interval = points.some(({ low }) => low !== undefined) ? [Plot.areaY(data, band)] : [];
  return [...(style.role === 'model' ? interval : []), line, ...dots];
}

/** A published line: thin, and hidden with the others of its kind. A few points are hollow marks. */
export function publishedSeries(points: readonly Point[], style: Style, y: Axis): Plot.Markish {
  const data = points.map((point) => ({ x: point.x, y: visible(y, point.y) }));
  const look = {
    x: 'x',
    y: 'y',
    clip: true,
    className: 'published',
    stroke: `var(${style.variable})`,
    strokeOpacity: 0.5,
  } as const;
  if (data.length < 4) {
    return Plot.dot(data, { ...look, symbol: style.symbol ?? 'circle', r: 4, strokeWidth: 1.2 });
  }
  return Plot.lineY(data, {
    ...look,
    strokeWidth: 0.9,
    strokeDasharray: style.dash ? '3 2' : '',
  });
}
