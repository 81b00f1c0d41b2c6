import { curvesOn } from '../../../artifacts/claims.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { tableAlong } from '../../drawing/table.ts';
import { multipleTick } from '../../drawing/ticks.ts';
import { ascending } from '../../drawing/values.ts';
import { formatError, formatRange } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfPanels } from '../entry.ts';
import { axesOf } from './axes.ts';
import { styleOf } from './facts.ts';
import type { Curve } from './facts.ts';
import { fillPanel } from './fill.ts';
import type { Filled } from './fill.ts';
import { drawPanel } from './panel.ts';
import type { CurvesSpec } from './spec.ts';

/** Below this, an error is the rounding of exact arithmetic. */
const ROUNDING = 1e-9;

/** The figure of content/figures.ts that shows these panels. */
export const learningCurves = ({ panels }: CurvesSpec): FigureEntry =>
  figureOfPanels(panels, {
    fill: fillPanel,
    draw: drawLearningCurves,
    shows: ({ of, on }) => [{ of, what: curvesOn(on) }],
  });

const nameOf = ({ artifact }: Filled, method: string): string =>
  styleOf(artifact.data, method).name;

/** Every k at which one of the curves has a value. */
const examplesOf = (curves: readonly Curve[]): number[] => ascending(curves.flatMap(({ k }) => k));

function table(panel: Filled): DataTable {
  const { curves, artifact, title } = panel;
  const { d } = artifact.data;
  return tableAlong({
    title: `${title}: squared error / d`,
    head: {
      columns: ['k', 'k / d'],
      of: (k) => [String(k), formatError(k / d, 3).replace(/\.?0+$/, '') || '0'],
    },
    places: examplesOf(curves),
    series: curves.map(({ method, seed, k: examples, mean }) => ({
      name: `${nameOf(panel, method)}${seed === undefined ? '' : ` ${seed}`}`,
      at: (k) => mean[examples.indexOf(k)],
    })),
  });
}

const csvRows = ({ curves, of, artifact }: Filled): (string | number)[][] =>
  curves.flatMap(({ method, seed, evaluation, k, mean, low, high }) =>
    k.map((examples, i) => [
      of,
      method,
      seed ?? '',
      evaluation,
      examples,
      examples / artifact.data.d,
      mean[i]!,
      low[i]!,
      high[i]!,
    ]),
  );

const errorText = (value: number): string =>
  value < ROUNDING ? 'zero up to rounding' : formatError(value);

/** Where the curves are in a few places: at d, at the end of the training contexts, at their own end. */
function describe(panel: Filled): string {
  const { methods, curves, artifact, title, trained } = panel;
  const { d } = artifact.data;
  const clauses = methods.map((method) => {
    const own = curves.filter((curve) => curve.method === method);
    const end = Math.max(...own.flatMap(({ k }) => k)) / d;
    const at = [...new Set([1, trained, end])].filter((place) => place <= end);
    const words = at.flatMap((place) => {
      const values = own.flatMap(({ k, mean }) => mean[k.indexOf(place * d)] ?? []);
      return values.length > 0
        ? [`${formatRange(values, errorText)} at ${multipleTick(place)}`]
        : [];
    });
    return `${nameOf(panel, method)} ${words.join(', ')}`;
  });
  return `${title}: ${clauses.join('; ')}.`;
}

function drawLearningCurves(panels: readonly Filled[]): Drawing {
  const axes = axesOf(
    panels.map(({ artifact, curves, overlay }) => ({ d: artifact.data.d, curves, overlay })),
  );
  const drawn = panels.map((panel) => {
    const { artifact, on, models, methods, trained, overlay, title, note, curves } = panel;
    const label = `${title}: squared error over d against the number of examples in context`;
    const { data } = artifact;
    const svg = drawPanel({
      artifact: `${artifact.id}.${artifact.preset}`,
      data,
      axes,
      evaluation: on,
      methods,
      trained,
      published: overlay,
      label,
    });
    const rowsAt = examplesOf(curves).map((k) => acrossAt(axes.x, k / data.d));
    return {
      title,
      note,
      svg,
      rowsAt,
      runnable: { shows: 'curves' as const, artifact, evaluation: on, models },
    };
  });
  const overlaid = panels.find(({ overlay }) => overlay)?.overlay;
  return drawingOf({
    panels: drawn,
    overlay: overlaid && `Show the published runs (d = ${overlaid.d}, thin lines)`,
    csv: {
      columns: 'experiment,method,seed,evaluation,k,k_over_d,mean,low,high'.split(','),
      rows: panels.flatMap(csvRows),
    },
    description: [
      `Line charts. Across: examples in context from 0 to ${axes.x.domain[1]}d, on a square-root axis; a vertical line marks the longest context in training. Up: squared error over d, on a logarithmic axis.`,
      ...panels.map(describe),
    ],
    tables: panels.map(table),
    tableNote: 'Means over all prompts; the intervals are in the CSV and JSON files.',
    artifacts: panels.map(({ artifact }) => artifact),
  });
}
