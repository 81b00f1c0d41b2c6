import * as Plot from '@observablehq/plot';
import { PANEL, clamp, downAt } from './axis.ts';
import type { Axis, PanelSize } from './axis.ts';
import { spread } from './labels.ts';
import { plotMarkup } from './plot.ts';
import { figureDocument } from './svg.ts';
import { decades, decimalTick } from './ticks.ts';

/** An axis with what is written along it. */
export interface Scale extends Axis {
  ticks: readonly number[];
  format(value: number): string;
  label: string;
}

/** A name at the right end of a line. */
export interface EndLabel {
  text: string;
  /** Value at which it would like to stand. */
  at: number;
  /** CSS custom property of its colour. */
  variable: string;
  layer: 'curve' | 'published';
}

/** A logarithmic axis with a tick at every power of ten. */
export const logScale = (domain: readonly [number, number], label: string): Scale => ({
  type: 'log',
  domain,
  ticks: decades(domain),
  format: decimalTick,
  label,
});

/** The name of what a line shows, at its end. */
export const endLabel = (
  { name, variable }: { name: string; variable: string },
  at: number,
): EndLabel => ({ text: name, at, variable, layer: 'curve' });

export interface Chart {
  /** Names the chart to those who cannot see it. */
  label: string;
  x: Scale;
  y: Scale;
  marks: Plot.Markish[];
  /** Where its proportions or margins are not those of `PANEL`. */
  size?: Partial<PanelSize>;
  labels: readonly EndLabel[];
  /** A vertical line with words on it. */
  rule?: { at: number; text: string } | undefined;
  attributes?: Record<string, string>;
}

const SVG = 'http://www.w3.org/2000/svg';
const SOFT = 'var(--ink-soft)';

const sizeOf = ({ size }: Chart): PanelSize => ({ ...PANEL, ...size });

function drawLabels(chart: Chart): Plot.Markish {
  const { y, labels } = chart;
  const size = sizeOf(chart);
  const wanted = labels.map(({ text, at, variable, layer }) => ({
    text: isBelow(y, at) ? `${text} ↓` : text,
    variable,
    layer,
    y: downAt(y, clamp(y, at), size),
  }));
  return () => {
    const group = figureDocument().createElementNS(SVG, 'g');
    group.setAttribute('text-anchor', 'start');
    for (const label of spread(wanted, 14, size.top + 6, size.height - size.bottom - 4)) {
      const text = figureDocument().createElementNS(SVG, 'text');
      text.setAttribute('x', String(size.width - size.right + 8));
      text.setAttribute('y', label.y.toFixed(1));
      text.setAttribute('dy', '0.32em');
      text.setAttribute('fill', `var(${label.variable})`);
      text.setAttribute('class', `label ${label.layer}`);
      text.textContent = label.text;
      group.append(text);
    }
    return group;
  };
}

const isBelow = ({ domain: [low] }: Axis, value: number): boolean => value < low;

function frame({ x, y, rule }: Chart, { left }: PanelSize): Plot.Markish[] {
  const words = { fill: SOFT, textAnchor: 'start' } as const;
  return [
    Plot.gridY([...y.ticks], { stroke: 'var(--rule)', strokeOpacity: 1 }),
    Plot.axisY([...y.ticks], { tickSize: 0, tickFormat: y.format, label: null, color: SOFT }),
    Plot.axisX([...x.ticks], { tickSize: 4, tickFormat: x.format, label: null, color: SOFT }),
    Plot.text([y.label], { ...words, frameAnchor: 'top-left', dx: -left, dy: -34 }),
    Plot.text([x.label], { frameAnchor: 'bottom', dy: 39, fill: SOFT }),
    ...(rule
      ? [
          Plot.ruleX([rule.at], { stroke: SOFT, strokeWidth: 1, strokeDasharray: '2 2' }),
          Plot.text([rule], {
            ...words,
            x: 'at',
            text: 'text',
            frameAnchor: 'top',
            dx: -3,
            dy: -14,
          }),
        ]
      : []),
  ];
}

const axisOf = ({ type, domain }: Axis): Axis => ({ type, domain });

const plotScale = ({ type, domain, base }: Axis): Plot.ScaleOptions => ({
  type,
  domain: [...domain],
  ...(base !== undefined && { base }),
});

/** One panel as SVG markup; its colours are CSS custom properties of the page. */
export function drawChart(chart: Chart): string {
  const size = sizeOf(chart);
  return plotMarkup(
    {
      width: size.width,
      height: size.height,
      marginLeft: size.left,
      marginRight: size.right,
      marginTop: size.top,
      marginBottom: size.bottom,
      x: plotScale(chart.x),
      y: plotScale(chart.y),
      marks: [...frame(chart, size), ...chart.marks, drawLabels(chart)],
    },
    {
      role: 'img',
      'aria-label': chart.label,
      'font-size': '12',
      'data-axes': JSON.stringify({ x: axisOf(chart.x), y: axisOf(chart.y) }),
      ...chart.attributes,
    },
  );
}
