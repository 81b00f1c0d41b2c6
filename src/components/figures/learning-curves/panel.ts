import type * as Plot from '@observablehq/plot';
import type { LearningCurves } from '../../../artifacts/learning-curves.ts';
import { clamp } from '../../drawing/axis.ts';
import { drawChart, endLabel, logScale } from '../../drawing/chart.ts';
import type { EndLabel, Scale } from '../../drawing/chart.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { publishedSeries, series } from '../../drawing/series.ts';
import type { Point } from '../../drawing/series.ts';
import { multipleTick } from '../../drawing/ticks.ts';
import { geometricMean } from '../../drawing/values.ts';
import type { Axes, Overlay } from './axes.ts';
import { architectureOf, curvesOf, styleOf } from './facts.ts';

export interface Panel {
  data: LearningCurves;
  axes: Axes;
  /** `<experiment>.<preset>`: with `evaluation`, what a run in the browser finds the panel by. */
  artifact: string;
  /** Distribution of the prompts shown. */
  evaluation: string;
  /** Trained models, then baselines. */
  methods: readonly string[];
  /** Longest context in training, in multiples of d. */
  trained: number;
  /** The published panel on the same distribution. */
  published: Overlay | undefined;
  /** Names the panel to those who cannot see it. */
  label: string;
}

/** Contexts with a tick and a mark, in multiples of d. */
const TICKS = [0, 0.5, 1, 2, 4, 8, 12, 16, 20, 25];
/** Those with words under them; between them there is no room. */
const NAMED = [0, 1, 2, 4, 8, 12, 16, 25];

function pointsOf(
  { data, axes }: Panel,
  { k, mean, low, high }: LearningCurves['curves'][number],
): Point[] {
  return k
    .map((examples, i) => ({ x: examples / data.d, y: mean[i]!, low: low[i]!, high: high[i]! }))
    .filter(({ x }) => x <= axes.x.domain[1]);
}

function ownMarks(panel: Panel, method: string, y: Scale): Plot.Markish[] {
  const curves = curvesOf(panel.data, method, panel.evaluation, panel.label);
  return curves.flatMap((curve) =>
    series(pointsOf(panel, curve), {
      style: styleOf(panel.data, method),
      className: `curve ${method} seed-${curve.seed ?? 'none'}`,
      y,
      marked: ({ x }) => x > 0 && TICKS.includes(x),
    }),
  );
}

/** Middles of the bands of the published runs of the methods shown. */
function theirs({ published, axes, methods, data }: Panel): { method: string; points: Point[] }[] {
  const shown = new Set(methods.map((method) => architectureOf(data, method)));
  const { panel, d } = published ?? { d: 1 };
  return (panel?.curves ?? [])
    .filter(({ method }) => shown.has(method))
    .map(({ method, low, high }) => ({
      method,
      points: panel!.k
        .map((k, i) => ({ x: k / d, y: (low[i]! + high[i]!) / 2 }))
        .filter(({ x }) => x <= axes.x.domain[1]),
    }));
}

function labelsOf(panel: Panel): EndLabel[] {
  const { data, axes, evaluation, methods } = panel;
  const middle = (values: readonly number[]): number =>
    values.every((value) => value < axes.y.domain[0])
      ? 0
      : geometricMean(values.map((value) => clamp(axes.y, value)));
  const own = methods.map((method): EndLabel => {
    const ends = curvesOf(data, method, evaluation, panel.label).map((curve) => {
      const points = pointsOf(panel, curve);
      return points[points.length - 1]!.y;
    });
    return endLabel(styleOf(data, method), middle(ends));
  });
  const runs = theirs(panel).filter(({ method }) => methodStyle(method).role === 'model');
  const published = [...new Set(runs.map(({ method }) => method))].map((method): EndLabel => {
    const ends = runs
      .filter((run) => run.method === method)
      .map(({ points }) => points[points.length - 1]!.y);
    const { variable } = methodStyle(method);
    return { text: 'published', at: middle(ends), variable, layer: 'published' };
  });
  return [...own, ...published];
}

/** One panel as SVG markup; its colours are CSS custom properties of the page. */
export function drawPanel(panel: Panel): string {
  const { axes, trained } = panel;
  const y = logScale(axes.y.domain, 'squared error / d');
  const ticks = TICKS.filter((tick) => tick <= axes.x.domain[1]);
  return drawChart({
    label: panel.label,
    x: {
      ...axes.x,
      ticks,
      format: (tick) => (NAMED.includes(tick) ? multipleTick(tick) : ''),
      label: 'examples in context, k (square-root scale)',
    },
    y,
    marks: [
      ...theirs(panel).map(({ method, points }) => publishedSeries(points, methodStyle(method), y)),
      ...panel.methods.toReversed().flatMap((method) => ownMarks(panel, method, y)),
    ],
    labels: labelsOf(panel),
    rule: { at: trained, text: 'trained up to here' },
    attributes: {
      'data-artifact': panel.artifact,
      'data-evaluation': panel.evaluation,
      'data-d': String(panel.data.d),
    },
  });
}
