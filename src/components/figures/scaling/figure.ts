import type { Scaling } from '../../../artifacts/scaling.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import { series } from '../../drawing/series.ts';
import { decades, decimalTick, halfDecadeAbove } from '../../drawing/ticks.ts';
import { readScaling } from './read.ts';
import type { ScalingArtifact } from './read.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { formatError, formatInteger } from '../../format.ts';
import { dimensionsOf, lengthsOf, runsOf } from './facts.ts';

/** The figure of content/figures.ts that shows the error against the length of training, a panel a model. */
export const scalingFigure = (): FigureEntry => ({
  experiments: ['scaling'],
  draw: async (preset, neededBy) => draw(await readScaling(neededBy, preset)),
});

const methodsOf = ({ runs }: Scaling): string[] => [...new Set(runs.map(({ method }) => method))];

/** On a logarithmic axis, whose ticks Plot names at powers of its base alone. */
const place = Math.log2;

/** The largest dimension has a solid line. */
const DASHES = ['', '6 3', '1.5 3', '6 3 1.5 3'];

function scalesOf(data: Scaling): { x: Scale; y: Scale } {
  const lengths = lengthsOf(data);
  const values = data.runs.map(({ error }) => error.mean);
  const low = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const domain = [low, Math.max(1, halfDecadeAbove(Math.max(...values)))] as const;
  return {
    x: {
      type: 'linear',
      domain: [place(lengths[0]!), place(lengths[lengths.length - 1]!)],
      ticks: lengths.map(place),
      format: (at) => formatInteger(2 ** at),
      label: 'steps of training',
    },
    y: {
      type: 'log',
      domain,
      ticks: decades(domain),
      format: decimalTick,
      label: 'squared error / d after 2d examples',
    },
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
    labels: lines.map(({ d, runs }) => ({
      text: `d = ${d}`,
      at: runs[runs.length - 1]!.error.mean,
      variable: style.variable,
      layer: 'curve',
    })),
  });
  const rowsAt = lengthsOf(data).map((steps) => acrossAt(x, place(steps)));
  return { title: style.name, note: 'every point a training of its own', svg, rowsAt };
}

function table(data: Scaling, method: string): DataTable {
  const dimensions = dimensionsOf(data);
  return {
    title: `${methodStyle(method).name}: squared error / d after 2d examples`,
    columns: ['steps', ...dimensions.map((d) => `d = ${d}`)],
    rows: lengthsOf(data).map((length) => [
      formatInteger(length),
      ...dimensions.map((d) => {
        const run = runsOf(data, method, d).find(({ steps }) => steps === length);
        return run ? formatError(run.error.mean) : '';
      }),
    ]),
  };
}

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
  const methods = methodsOf(data);
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
