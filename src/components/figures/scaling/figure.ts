import type { Scaling } from '../../../artifacts/scaling.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel, logScale } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { methodsOf, methodStyle } from '../../drawing/methods.ts';
import { series } from '../../drawing/series.ts';
import { tableAlong } from '../../drawing/table.ts';
import { decadesAround } from '../../drawing/ticks.ts';
import { formatError, formatInteger } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfOne } from '../entry.ts';
import { dimensionsOf, lengthsOf, runsOf } from './facts.ts';
import { readScaling } from './read.ts';
import type { ScalingArtifact } from './read.ts';

/** The figure of content/figures.ts that shows the error against the length of training, a panel a model. */
export const scalingFigure = (): FigureEntry => figureOfOne('scaling', readScaling, draw);

/** On a logarithmic axis, whose ticks Plot names at powers of its base alone. */
const place = Math.log2;

/** The largest dimension has a solid line. */
const DASHES = ['', '6 3', '1.5 3', '6 3 1.5 3'];

function scalesOf(data: Scaling): { x: Scale; y: Scale } {
  const lengths = lengthsOf(data);
  const [low, high] = decadesAround(data.runs.map(({ error }) => error.mean));
  return {
    x: {
      type: 'linear',
      domain: [place(lengths[0]!), place(lengths[lengths.length - 1]!)],
      ticks: lengths.map(place),
      format: (at) => formatInteger(2 ** at),
      label: 'steps of training',
    },
    y: logScale([low, Math.max(1, high)], 'squared error / d after 2d examples'),
  };
}

function drawPanel(data: Scaling, method: string, { x, y }: { x: Scale; y: Scale }) {
  const style = methodStyle(method);
  const lines = dimensionsOf(data)
    .toReversed()
    .map((d, i) => ({ d, dash: DASHES[i % DASHES.length]!, runs: runsOf(data, method, d) }));
  const svg = drawChart({
    label: `${style.name}: squared error over d against the steps of its training`,
    x,
    y,
    marks: lines.flatMap(({ d, dash, runs }) =>
      series(
        runs.map(({ steps, error: { mean, low, high } }) => ({
          x: place(steps),
          y: mean,
          low,
          high,
        })),
        { style: { ...style, dash }, className: `curve ${method} d-${d}`, y, marked: () => true },
      ),
    ),
    labels: lines.map(({ d, runs }) =>
      endLabel({ ...style, name: `d = ${d}` }, runs[runs.length - 1]!.error.mean),
    ),
  });
  const rowsAt = lengthsOf(data).map((steps) => acrossAt(x, place(steps)));
  return { title: style.name, note: 'every point a training of its own', svg, rowsAt };
}

const table = (data: Scaling, method: string): DataTable =>
  tableAlong({
    title: `${methodStyle(method).name}: squared error / d after 2d examples`,
    head: { columns: ['steps'], of: (length) => [formatInteger(length)] },
    places: lengthsOf(data),
    series: dimensionsOf(data).map((d) => ({
      name: `d = ${d}`,
      at: (length) => runsOf(data, method, d).find(({ steps }) => steps === length)?.error.mean,
    })),
  });

function describe(data: Scaling, method: string): string {
  const clauses = dimensionsOf(data).map((d) => {
    const runs = runsOf(data, method, d);
    const [first, last] = [runs[0]!, runs[runs.length - 1]!];
    return (
      `d = ${d}, from ${formatError(first.error.mean)} after ${formatInteger(first.steps)} steps ` +
      `to ${formatError(last.error.mean)} after ${formatInteger(last.steps)}`
    );
  });
  return `${methodStyle(method).name}: ${clauses.join('; ')}.`;
}

function draw(artifact: ScalingArtifact): Drawing {
  const { data } = artifact;
  const methods = methodsOf(data.runs);
  const scales = scalesOf(data);
  return drawingOf({
    panels: methods.map((method) => drawPanel(data, method, scales)),
    csv: {
      columns: ['method', 'seed', 'd', 'steps', 'parameters', 'error', 'low', 'high'],
      rows: data.runs.map(({ method, seed, d, steps, parameters, error }) => [
        method,
        seed,
        d,
        steps,
        parameters,
        error.mean,
        error.low,
        error.high,
      ]),
    },
    description: [
      'Line charts on logarithmic axes. Across: steps of a training, over which learning rate and curriculum run to their end. Up: squared error over d after 2d examples of the training distribution. One line a dimension.',
      ...methods.map((method) => describe(data, method)),
    ],
    tables: methods.map((method) => table(data, method)),
    artifacts: [artifact],
  });
}
