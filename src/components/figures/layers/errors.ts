import type * as Plot from '@observablehq/plot';
import type { Preset } from '../../../artifacts/artifact.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart } from '../../drawing/chart.ts';
import type { EndLabel, Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import { publishedSeries, series } from '../../drawing/series.ts';
import {
  decades,
  decimalTick,
  geometricMean,
  halfDecadeAbove,
  multipleTick,
} from '../../drawing/ticks.ts';
import { isRun, runPanels } from '../../results/committed.ts';
import { readGradientDescent } from '../descent/read.ts';
import { readPublished } from '../../results/artifacts.ts';
import type { GradientDescentArtifact } from '../descent/read.ts';
import type { PublishedResults } from '../../results/published.ts';
import type { Drawing } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { DEPTH, depthTable, lastError, probeRows } from './depth.ts';
import { depths, readProbes } from './read.ts';
import type { Probed, ProbeSpec } from './read.ts';

/** Probes by depth; where asked for, gradient descent beside them. */
interface ErrorsSpec {
  panels: readonly (ProbeSpec & { descent?: string })[];
}

interface Descents {
  artifact: GradientDescentArtifact;
  /** Errors by step. */
  curves: { method: string; error: readonly number[] }[];
  published: PublishedResults['descents'];
}

type Filled = Probed & { descents: Descents | undefined };

const FLOOR = 1e-4;

/** The experiment whose descents stand beside the layers, once it is run. */
const DESCENT = 'gradient-descent';

/** The figure of content/figures.ts that shows how the error falls from layer to layer. */
export function layerErrors(spec: ErrorsSpec): FigureEntry {
  const panelsAt = (preset?: Preset) =>
    runPanels(spec.panels, preset).map(({ descent, ...panel }) =>
      descent && isRun(DESCENT, preset) ? { ...panel, descent } : panel,
    ) as ErrorsSpec['panels'];
  return {
    experiments: [...new Set(panelsAt().map(({ of }) => of))],
    draw: async (preset, neededBy) =>
      draw(
        await Promise.all(
          panelsAt(preset).map(async (panel) => ({
            ...(await readProbes(panel, preset, neededBy)),
            descents: panel.descent
              ? await readDescents(panel.descent, preset, neededBy)
              : undefined,
          })),
        ),
      ),
  };
}

async function readDescents(name: string, preset: Preset, neededBy: string): Promise<Descents> {
  const artifact = await readGradientDescent(neededBy, preset);
  const run = artifact.data.runs[name];
  if (!run)
    throw new Error(`${neededBy}: expected a descent on ${name} inputs, got none; run it again`);
  const { descents } = await readPublished('gradient-descent', neededBy);
  const curves = [
    { method: 'gd', error: run.gd },
    { method: 'gd++', error: run.gdPlusPlus },
  ];
  return { artifact, curves, published: descents };
}

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
          ...(several ? { dash: DASHES[panel.k.indexOf(k / panel.artifact.data.d)]! } : {}),
        },
        className: `curve ${method} seed-${seed}`,
        y,
        marked: () => true,
      },
    ),
  );
}

/** Longer contexts have shorter dashes. */
const DASHES = ['', '7 3', '2 3'];

const endOf = (panel: Filled, method: string, k: number): number[] =>
  panel.probes
    .filter((probe) => probe.method === method && probe.k === k * panel.artifact.data.d)
    .map(lastError);

function labelsOf(panel: Filled): EndLabel[] {
  const { models, k, theirs, publishedD, descents } = panel;
  const own = models.flatMap((method) =>
    k.map((multiple): EndLabel => {
      const { name, variable } = methodStyle(method);
      const text = k.length > 1 ? `k = ${multipleTick(multiple)}` : name;
      return { text, at: geometricMean(endOf(panel, method, multiple)), variable, layer: 'curve' };
    }),
  );
  const published = theirs.map(({ method, k: examples, error = [] }): EndLabel => {
    const { variable } = methodStyle(method);
    const text = `published${k.length > 1 ? ` ${multipleTick(examples / publishedD)}` : ''}`;
    return { text, at: error[error.length - 1] ?? 0, variable, layer: 'published' };
  });
  const descending = (descents?.curves ?? []).map(({ method, error }): EndLabel => {
    const { name, variable } = methodStyle(method);
    return { text: name, at: error[error.length - 1]!, variable, layer: 'curve' };
  });
  return [...own, ...descending, ...published];
}

function drawPanel(panel: Filled, domain: readonly [number, number]) {
  const y: Scale = {
    type: 'log',
    domain,
    ticks: decades(domain),
    format: decimalTick,
    label: 'squared error / d',
  };
  const published = [...panel.theirs, ...(panel.descents?.published ?? [])];
  const svg = drawChart({
    label: `${panel.title}: squared error over d against depth`,
    x: DEPTH,
    y,
    marks: [
      ...published.map(({ method, error = [] }) =>
        publishedSeries(
          depths(error).map(({ depth, value }) => ({ x: depth, y: value })),
          methodStyle(method),
          y,
        ),
      ),
      ...(panel.descents?.curves ?? []).flatMap(({ method, error }) =>
        series(
          depths(error).map(({ depth, value }) => ({ x: depth, y: value })),
          { style: methodStyle(method), className: `curve ${method}`, y },
        ),
      ),
      ...ownMarks(panel, y),
    ],
    labels: labelsOf(panel),
  });
  const rowsAt = depthTable(panel, 'error').depths.map((depth) => acrossAt(DEPTH, depth));
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
      columns: ['experiment', 'method', 'seed', 'k', 'depth', 'mean', 'low', 'high', 'sd'],
      rows: panels.flatMap((panel) => probeRows(panel, 'error')),
    },
    description: [
      'Line charts. Across: depth, from the first layer to the last. Up: squared error over d of a line fitted to what the decoder reads there, on a logarithmic axis.',
      ...panels.map(describe),
    ],
    tables: panels.map((panel) => depthTable(panel, 'error').table),
    artifacts: panels.flatMap(({ artifact, descents }) => [
      artifact,
      ...(descents ? [descents.artifact] : []),
    ]),
  });
}
