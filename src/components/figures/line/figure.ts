import type * as Plot from '@observablehq/plot';
import type { AlongALine } from '../../../artifacts/along-a-line.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel } from '../../drawing/chart.ts';
import type { EndLabel, Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { methodsOf, methodStyle } from '../../drawing/methods.ts';
import { series } from '../../drawing/series.ts';
import { signedTick } from '../../drawing/ticks.ts';
import { mean } from '../../drawing/values.ts';
import { formatCount, formatError } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfOne } from '../entry.ts';
import { queryAt } from './facts.ts';
import { readAlongALine } from './read.ts';
import type { AlongALineArtifact } from './read.ts';
import { TRUTH } from './truth.ts';

type Line = AlongALine['lines'][number];

/** The figure of content/figures.ts that shows what models believe along a line, a panel a number of examples. */
export const lineFigure = (): FigureEntry => figureOfOne('along-a-line', readAlongALine, draw);

/** For slopes up to 1.25, which a reader may choose; places and values in units of the query's. */
const TICKS = { type: 'linear', ticks: [-2, -1, 0, 1, 2], format: signedTick } as const;
const X: Scale = { ...TICKS, domain: [-2, 2], label: 'place on the line' };
const Y: Scale = { ...TICKS, domain: [-2.6, 2.6], label: 'prediction' };

/** Least squares last, so that it is seen. */
const rank = ({ seed }: Line): number => (seed === undefined ? 1 : 0);

const linesAt = ({ lines }: AlongALine, k: number): Line[] =>
  lines.filter((line) => line.k === k).toSorted((a, b) => rank(a) - rank(b));

const pointsOf = ({ t, reach }: AlongALine, y: readonly number[]) =>
  t.map((place, i) => ({ x: place / reach, y: y[i]! / reach }));

/** Enough of a straight line, as least squares draws it. */
const ends = <Point>(points: readonly Point[]): Point[] => [points[0]!, points[points.length - 1]!];

const truthOf = ({ t, slope }: AlongALine): number[] => t.map((place) => slope * place);

function labelsOf(data: AlongALine, k: number): EndLabel[] {
  const lastOf = (method: string): number[] =>
    linesAt(data, k)
      .filter((line) => line.method === method)
      .map(({ y }) => y[y.length - 1]! / data.reach);
  return [
    endLabel(TRUTH, 2 * data.slope),
    ...methodsOf(data.lines).map((method) => endLabel(methodStyle(method), mean(lastOf(method)))),
  ];
}

const titleOf = ({ d }: AlongALine, k: number): string => {
  const multiple = k % d === 0 ? `${k === d ? '' : k / d}d = ` : '';
  return `After ${multiple}${multiple ? k : formatCount(k)} example${k === 1 ? '' : 's'}`;
};

function drawPanel(data: AlongALine, k: number) {
  const title = titleOf(data, k);
  const marks = linesAt(data, k).flatMap(({ method, seed, y }): Plot.Markish[] =>
    series(seed === undefined ? ends(pointsOf(data, y)) : pointsOf(data, y), {
      style: methodStyle(method),
      className: `curve ${method} seed-${seed ?? 'none'}`,
      y: Y,
    }),
  );
  const svg = drawChart({
    label: `${title}: predictions along the line`,
    x: X,
    y: Y,
    marks: [
      ...series(ends(pointsOf(data, truthOf(data))), {
        style: TRUTH,
        className: 'curve truth',
        y: Y,
      }),
      ...marks,
    ],
    labels: labelsOf(data, k),
    rule: { at: 1, text: 'query' },
    attributes: { 'data-k': String(k) },
  });
  const rowsAt = data.t.map((place) => acrossAt(X, place / data.reach));
  return { title, note: k < data.d ? 'they leave it open' : 'they settle it', svg, rowsAt };
}

function table(data: AlongALine, k: number): DataTable {
  const lines = linesAt(data, k);
  const name = ({ method, seed }: Line): string =>
    `${methodStyle(method).name}${seed === undefined ? '' : ` ${seed}`}`;
  const truth = truthOf(data);
  return {
    title: titleOf(data, k),
    columns: ['place', TRUTH.name, ...lines.map(name)],
    rows: data.t.map((place, i) =>
      [place, truth[i]!, ...lines.map(({ y }) => y[i]!)].map((value) =>
        formatError(value / data.reach),
      ),
    ),
  };
}

function describe(data: AlongALine, k: number): string {
  const at = queryAt(data);
  const clauses = methodsOf(data.lines).map((method) => {
    const values = linesAt(data, k).filter((line) => line.method === method);
    const told = values.map(({ y }) => formatError(y[at]! / data.reach));
    return `${methodStyle(method).name} ${told.join(', ')}`;
  });
  return `${titleOf(data, k)}, at the query, where the function is ${formatError(data.slope)}: ${clauses.join('; ')}.`;
}

function draw(artifact: AlongALineArtifact): Drawing {
  const { data } = artifact;
  return drawingOf({
    panels: data.k.map((k) => drawPanel(data, k)),
    csv: {
      columns: ['method', 'seed', 'k', 'place', 'prediction'],
      rows: data.lines.flatMap(({ method, seed, k, y }) =>
        data.t.map((place, i) => [method, seed ?? '', k, place / data.reach, y[i]! / data.reach]),
      ),
    },
    description: [
      'Line charts, one a number of examples. Across: places on the line through 0 and a query, in multiples of the query’s. Up: predictions there and the function itself, in the same unit. One line a training seed.',
      ...data.k.map((k) => describe(data, k)),
    ],
    tables: data.k.map((k) => table(data, k)),
    artifacts: [artifact],
  });
}
