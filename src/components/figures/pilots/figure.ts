import type { Pilots } from '../../../artifacts/pilots.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { methodsOf, methodStyle } from '../../drawing/methods.ts';
import { series } from '../../drawing/series.ts';
import { tableAlong } from '../../drawing/table.ts';
import { formatError } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfOne } from '../entry.ts';
import { chosenOf, formatRate, ratesOf, variantName, variantsOf } from './facts.ts';
import { readPilots } from './read.ts';
import type { PilotsArtifact } from './read.ts';

/** The figure of content/figures.ts that shows the error of short trainings against the learning rate. */
export const pilotsFigure = (): FigureEntry => figureOfOne('pilots', readPilots, draw);

/** Rates double from one to the next. */
const place = Math.log2;

/** The second variant, with warm-up or without dropout, has the solid line. */
const DASHES = ['6 3', ''];

function scalesOf(data: Pilots): { x: Scale; y: Scale } {
  const rates = ratesOf(data);
  const most = Math.max(1, ...data.runs.map(({ error }) => error));
  return {
    x: {
      type: 'linear',
      domain: [place(rates[0]!), place(rates[rates.length - 1]!)],
      ticks: rates.map(place),
      format: (at) => formatRate(Number((2 ** at).toPrecision(3))),
      label: 'learning rate',
    },
    y: {
      type: 'linear',
      domain: [0, 1.05 * most],
      ticks: [0, 0.25, 0.5, 0.75, 1],
      format: (error) => formatError(error),
      label: 'mean squared error / d, up to 2d examples',
    },
  };
}

function drawPanel(data: Pilots, method: string, { x, y }: { x: Scale; y: Scale }) {
  const style = methodStyle(method);
  const variants = variantsOf(data, method);
  const best = chosenOf(data, method);
  const svg = drawChart({
    label: `${style.name}: squared error over d against the learning rate of a short training`,
    x,
    y,
    marks: variants.flatMap(({ runs }, i) =>
      series(
        runs.map(({ learningRate, error }) => ({ x: place(learningRate), y: error })),
        {
          style: { ...style, dash: DASHES[i % DASHES.length]! },
          className: `curve ${method}`,
          y,
          marked: (point) => point.x === place(best.learningRate) && point.y === best.error,
        },
      ),
    ),
    labels: variants.map(({ name, runs }) =>
      endLabel({ ...style, name }, runs[runs.length - 1]!.error),
    ),
  });
  const rowsAt = ratesOf(data).map((rate) => acrossAt(x, place(rate)));
  const note = `chosen: ${formatRate(best.learningRate)}, ${variantName(best)}`;
  return { title: style.name, note, svg, rowsAt };
}

const table = (data: Pilots, method: string): DataTable =>
  tableAlong({
    title: `${methodStyle(method).name}: mean squared error / d up to 2d examples`,
    head: { columns: ['learning rate'], of: (rate) => [formatRate(rate)] },
    places: ratesOf(data),
    series: variantsOf(data, method).map(({ name, runs }) => ({
      name,
      at: (rate) => runs.find(({ learningRate }) => learningRate === rate)?.error,
    })),
  });

function describe(data: Pilots, method: string): string {
  const best = chosenOf(data, method);
  const worst = Math.max(...data.runs.filter((run) => run.method === method).map((r) => r.error));
  return (
    `${methodStyle(method).name} errs least, ${formatError(best.error)}, at ${formatRate(best.learningRate)} ` +
    `with ${variantName(best)}, and most, ${formatError(worst)}, elsewhere on the grid.`
  );
}

function draw(artifact: PilotsArtifact): Drawing {
  const { data } = artifact;
  const methods = methodsOf(data.runs);
  const scales = scalesOf(data);
  return drawingOf({
    panels: methods.map((method) => drawPanel(data, method, scales)),
    csv: {
      columns: ['method', 'learning rate', 'warm-up', 'dropout', 'error', 'error at 2d'],
      rows: data.runs.map(({ method, learningRate, warmup, dropout, error, last }) => [
        method,
        learningRate,
        warmup,
        dropout ?? '',
        error,
        last,
      ]),
    },
    description: [
      'Line charts, a panel an architecture. Across: the peak of the learning rate, doubling from one to the next. Up: squared error over d of held-out prompts, the mean over contexts of up to 2d examples. Every point is a training of its own; the marked one was chosen.',
      ...methods.map((method) => describe(data, method)),
    ],
    tables: methods.map((method) => table(data, method)),
    artifacts: [artifact],
  });
}
