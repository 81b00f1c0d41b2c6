import * as Plot from '@observablehq/plot';
import type { LearningCurves } from '../../artifacts/learning-curves.ts';
import type { PublishedCurves } from '../data/published.ts';
import { methodStyle } from '../figure/methods.ts';
import { figureDocument, toMarkup } from '../figure/svg.ts';
import { curvesOf, trainedExamples } from './facts.ts';
import { spread } from './labels.ts';
import type { Label } from './labels.ts';
import { PANEL, clampError, project } from './scale.ts';
import type { Axes } from './scale.ts';

export interface Panel {
  data: LearningCurves;
  axes: Axes;
  /** Distribution of the prompts shown. */
  evaluation: string;
  /** Trained models, then baselines. */
  methods: readonly string[];
  /** Curves of the published figure on the same distribution. */
  published: PublishedCurves | undefined;
  /** Names the panel to those who cannot see it. */
  label: string;
}

interface Point {
  x: number;
  y: number;
  low: number;
  high: number;
}

const colour = (method: string): string => `var(${methodStyle(method).variable})`;

function points(panel: Panel, k: readonly number[], d: number, curve: Band): Point[] {
  const clip = (value: number): number => Math.max(value, panel.axes.y[0] / 100);
  return k
    .map((examples, i) => ({
      x: examples / d,
      y: clip(curve.mean[i] as number),
      low: clip(curve.low[i] as number),
      high: clip(curve.high[i] as number),
    }))
    .filter((point) => point.x <= panel.axes.x[1]);
}

interface Band {
  mean: readonly number[];
  low: readonly number[];
  high: readonly number[];
}

const inside = ({ axes }: Panel, point: Point): boolean =>
  point.y >= axes.y[0] && point.y <= axes.y[1];

const midpoints = (low: readonly number[], high: readonly number[]): number[] =>
  low.map((value, i) => (value + (high[i] as number)) / 2);

function methodMarks(panel: Panel, method: string): Plot.Markish[] {
  const { dash, symbol, role } = methodStyle(method);
  const stroke = colour(method);
  return curvesOf(panel.data, method, panel.evaluation, panel.label).flatMap((curve) => {
    const data = points(panel, curve.k, panel.data.d, curve);
    const own = { x: 'x', y: 'y', stroke, strokeDasharray: dash, clip: true };
    const className = `curve ${method} seed-${curve.seed ?? 'none'}`;
    const line = Plot.lineY(data, { ...own, strokeWidth: role === 'model' ? 1.6 : 1.4, className });
    if (role === 'baseline') return [line];
    const band = { x: 'x', y1: 'low', y2: 'high', fill: stroke, fillOpacity: 0.13, clip: true };
    const edge = { stroke: 'var(--paper)', strokeWidth: 0.8 };
    const dots = data.filter((point) => point.x > 0 && point.x % 2 === 0 && inside(panel, point));
    return [
      Plot.areaY(data, band),
      line,
      Plot.dot(dots, { x: 'x', y: 'y', symbol, r: 2.8, fill: stroke, ...edge }),
    ];
  });
}

function publishedMarks(panel: Panel): Plot.Markish[] {
  const { published } = panel;
  if (!published) return [];
  return published.curves.map((curve) => {
    const band = { mean: midpoints(curve.low, curve.high), low: curve.low, high: curve.high };
    const { dash } = methodStyle(curve.method);
    return Plot.lineY(points(panel, published.k, published.d, band), {
      x: 'x',
      y: 'y',
      clip: true,
      className: 'published',
      stroke: colour(curve.method),
      strokeWidth: 0.9,
      strokeOpacity: 0.75,
      strokeDasharray: dash ? '3 2' : '',
    });
  });
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Labels at the right end of the curves, moved apart where they would collide. */
function endLabels(panel: Panel): Label[] {
  const { data, axes, evaluation, published } = panel;
  const end = axes.x[1];
  const label = (text: string, values: number[], method: string, layer: string): Label => ({
    text,
    layer,
    variable: methodStyle(method).variable,
    y: project(
      axes,
      end,
      clampError(axes, geometricMean(values.map((v) => clampError(axes, v)))),
    )[1],
  });
  const own = panel.methods.map((method) => {
    const curves = curvesOf(data, method, evaluation, panel.label);
    const ends = curves.flatMap((curve) => curve.mean.slice(-1));
    const below = ends.every((value) => value < axes.y[0]);
    return label(`${methodStyle(method).name}${below ? ' ↓' : ''}`, ends, method, 'curve');
  });
  const last = published ? published.k.findLastIndex((k) => k / published.d <= end) : -1;
  const theirs = [...new Set(published?.curves.map((curve) => curve.method))].map((method) => {
    const runs = published?.curves.filter((curve) => curve.method === method) ?? [];
    const ends = runs.map((c) => midpoints(c.low, c.high)[last] as number);
    return label('published', ends, method, 'published');
  });
  return [...own, ...theirs];
}

const SVG = 'http://www.w3.org/2000/svg';

function drawLabels(panel: Panel): Plot.Markish {
  return () => {
    const group = figureDocument().createElementNS(SVG, 'g');
    group.setAttribute('text-anchor', 'start');
    const x = PANEL.width - PANEL.right + 8;
    for (const label of spread(
      endLabels(panel),
      14,
      PANEL.top + 6,
      PANEL.height - PANEL.bottom - 4,
    )) {
      const text = figureDocument().createElementNS(SVG, 'text');
      text.setAttribute('x', String(x));
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

const tickText = (value: number): string => {
  const exponent = Math.round(Math.log10(value));
  return exponent < -2 ? `10⁻${'⁰¹²³⁴⁵⁶⁷⁸⁹'[-exponent]}` : String(value);
};

const decades = ([low, high]: [number, number]): number[] => {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(`1e${first + i}`));
};

function frame(panel: Panel): Plot.Markish[] {
  const { axes, data } = panel;
  const trained = trainedExamples(data) / data.d;
  const multiples = Array.from({ length: Math.floor(axes.x[1] / 2) + 1 }, (_, i) => 2 * i);
  const ticks = decades(axes.y);
  return [
    Plot.gridY(ticks, { stroke: 'var(--rule)', strokeOpacity: 1 }),
    Plot.axisY(ticks, { tickSize: 0, tickFormat: tickText, label: null, color: 'var(--ink-soft)' }),
    Plot.axisX(multiples, {
      tickSize: 4,
      tickFormat: (x: number) => (x === 0 ? '0' : `${x}d`),
      label: null,
      color: 'var(--ink-soft)',
    }),
    Plot.ruleX([trained], { stroke: 'var(--ink-soft)', strokeWidth: 1, strokeDasharray: '2 2' }),
    Plot.text([{ x: trained, text: 'trained up to here' }], {
      x: 'x',
      text: 'text',
      frameAnchor: 'top',
      textAnchor: 'start',
      dx: -3,
      dy: -14,
      fill: 'var(--ink-soft)',
    }),
    Plot.text(['squared error / d'], {
      frameAnchor: 'top-left',
      textAnchor: 'start',
      dx: -PANEL.left,
      dy: -34,
      fill: 'var(--ink-soft)',
    }),
    Plot.text(['examples in context, k'], {
      frameAnchor: 'bottom',
      dy: 34,
      fill: 'var(--ink-soft)',
    }),
  ];
}

/** One panel as SVG markup; its colours are CSS custom properties of the page. */
export function drawPanel(panel: Panel): string {
  const svg = Plot.plot({
    document: figureDocument(),
    className: 'panel',
    width: PANEL.width,
    height: PANEL.height,
    marginLeft: PANEL.left,
    marginRight: PANEL.right,
    marginTop: PANEL.top,
    marginBottom: PANEL.bottom,
    style: { fontSize: '12px' },
    x: { domain: panel.axes.x },
    y: { type: 'log', domain: panel.axes.y },
    marks: [
      ...frame(panel),
      ...publishedMarks(panel),
      ...panel.methods.toReversed().flatMap((method) => methodMarks(panel, method)),
      drawLabels(panel),
    ],
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', panel.label);
  svg.removeAttribute('style');
  svg.setAttribute('font-size', '12');
  svg.setAttribute('data-axes', JSON.stringify(panel.axes));
  svg.setAttribute('data-evaluation', panel.evaluation);
  return toMarkup(svg);
}
