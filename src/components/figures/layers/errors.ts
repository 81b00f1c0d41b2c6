import type * as Plot from '@observablehq/plot';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel, logScale } from '../../drawing/chart.ts';
import type { EndLabel, Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { Drawing } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { publishedSeries, series } from '../../drawing/series.ts';
import { halfDecadeAbove, multipleTick } from '../../drawing/ticks.ts';
import { geometricMean } from '../../drawing/values.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfPanels } from '../entry.ts';
import { hasAt } from '../learning-curves/read.ts';
import {
  DEPTH,
  ERRORS,
  depthPoints,
  depthsOf,
  depthTable,
  lastError,
  PROBE_COLUMNS,
  probeRows,
} from './depth.ts';
import { DESCENTS, readDescents } from './descents.ts';
import type { Descents } from './descents.ts';
import { readProbes } from './read.ts';
import type { Probed, ProbeSpec } from './read.ts';

/** Probes by depth; where asked for, gradient descent beside them. */
interface ErrorsSpec {
  panels: readonly (ProbeSpec & { descent?: string })[];
}

type Filled = Probed & { descents: Descents | undefined };

const FLOOR = 1e-4;

/** The figure of content/figures.ts that shows how the error falls from layer to layer. */
export const layerErrors = ({ panels }: ErrorsSpec): FigureEntry =>
  figureOfPanels(panels, {
    fill: async ({ descent, ...panel }, preset, neededBy) => ({
      ...(await readProbes(panel, preset, neededBy)),
      descents: descent ? await readDescents(descent, preset, neededBy) : undefined,
    }),
    draw,
    shows: ({ of, descent }) => [
      { of, what: ERRORS },
      ...(descent ? [{ of: DESCENTS, what: 'descents' }] : []),
    ],
    isMeasured: hasAt('probes'),
  });

function ownMarks(panel: Filled, y: Scale): Plot.Markish[] {
  const several = panel.k.length > 1;
  return panel.probes.flatMap(({ method, seed, k, layers }) =>
    series(
      layers.map(({ depth, error }) => ({
        x: depth,
        y: error.mean,
        low: error.low,
        high: error.high,
      })),
      {
        style: {
          ...methodStyle(method),
          ...(several ? lookOf(panel, k / panel.artifact.data.d) : {}),
        },
        className: `curve ${method} seed-${seed}`,
        y,
        marked: () => true,
      },
    ),
  );
}

/** Contexts of a panel of one model, from the shortest: by colour, dash and mark. */
const LOOKS = [
  { variable: '--short', dash: '', symbol: 'circle' },
  { variable: '--middle', dash: '7 3', symbol: 'square' },
  { variable: '--long', dash: '2 3', symbol: 'triangle' },
] as const;

const lookOf = ({ k }: Filled, multiple: number): (typeof LOOKS)[number] =>
  LOOKS[k.indexOf(multiple)]!;

const endOf = (panel: Filled, method: string, k: number): number[] =>
  panel.probes
    .filter((probe) => probe.method === method && probe.k === k * panel.artifact.data.d)
    .map(lastError);

function labelsOf(panel: Filled): EndLabel[] {
  const { models, k, theirs, publishedD, descents } = panel;
  const own = models.flatMap((method) =>
    k.map((multiple): EndLabel => {
      const own = methodStyle(method);
      const style =
        k.length > 1 ? { ...lookOf(panel, multiple), name: `k = ${multipleTick(multiple)}` } : own;
      return endLabel(style, geometricMean(endOf(panel, method, multiple)));
    }),
  );
  const published = theirs.map(({ method, k: examples, error = [] }): EndLabel => {
    const multiple = examples / publishedD;
    const { variable } = k.length > 1 ? lookOf(panel, multiple) : methodStyle(method);
    const text = `published${k.length > 1 ? ` ${multipleTick(multiple)}` : ''}`;
    return { text, at: error[error.length - 1] ?? 0, variable, layer: 'published' };
  });
  const descending = (descents?.curves ?? []).map(({ method, error }) =>
    endLabel(methodStyle(method), error[error.length - 1]!),
  );
  return [...own, ...descending, ...published];
}

function drawPanel(panel: Filled, domain: readonly [number, number]) {
  const y = logScale(domain, 'squared error / d');
  const published = [...panel.theirs, ...(panel.descents?.published ?? [])];
  const svg = drawChart({
    label: `${panel.title}: squared error over d against depth`,
    x: DEPTH,
    y,
    marks: [
      ...published.map((one) => {
        const look =
          'k' in one && panel.k.length > 1 ? lookOf(panel, one.k / panel.publishedD) : {};
        const { method, error = [] } = one;
        return publishedSeries(depthPoints(error), { ...methodStyle(method), ...look }, y);
      }),
      ...(panel.descents?.curves ?? []).flatMap(({ method, error }) =>
        series(depthPoints(error), { style: methodStyle(method), className: `curve ${method}`, y }),
      ),
      ...ownMarks(panel, y),
    ],
    labels: labelsOf(panel),
    attributes: {
      'data-artifact': `${panel.artifact.id}.${panel.artifact.preset}`,
      'data-part': ERRORS,
    },
  });
  const rowsAt = depthsOf(panel).map((depth) => acrossAt(DEPTH, depth));
  return { title: panel.title, note: panel.note, svg, rowsAt };
}

function describe(panel: Filled): string {
  const clauses = panel.models.flatMap((method) =>
    panel.k.map((k) => {
      const values = endOf(panel, method, k).map((value) => value.toPrecision(2));
      return `${methodStyle(method).name} after ${multipleTick(k)} examples ends at ${values.join(', ')}`;
    }),
  );
  const descents = (panel.descents?.curves ?? []).map(
    ({ method, error }) =>
      `${methodStyle(method).name} goes from ${error[0]!.toPrecision(2)} to ${error[error.length - 1]!.toPrecision(2)}`,
  );
  return `${panel.title}: ${[...clauses, ...descents].join('; ')}.`;
}

function draw(panels: readonly Filled[]): Drawing {
  const ours = panels.flatMap(({ probes }) =>
    probes.flatMap(({ layers }) => layers.map(({ error }) => error.mean)),
  );
  const theirs = panels.flatMap((panel) => panel.theirs.flatMap(({ error = [] }) => error));
  const domain = [FLOOR, halfDecadeAbove(Math.max(1, ...ours, ...theirs))] as const;
  return drawingOf({
    panels: panels.map((panel) => drawPanel(panel, domain)),
    overlay: 'Show the published runs (d = 20, thin lines)',
    csv: {
      columns: PROBE_COLUMNS,
      rows: panels.flatMap((panel) => probeRows(panel, 'error')),
    },
    description: [
      'Line charts. Across: depth, from the first layer to the last. Up: squared error over d of a line fitted to what the decoder reads there, on a logarithmic axis.',
      ...panels.map(describe),
    ],
    tables: panels.map((panel) => depthTable(panel, 'error')),
    artifacts: panels.flatMap(({ artifact, descents }) => [
      artifact,
      ...(descents ? [descents.artifact] : []),
    ]),
  });
}
