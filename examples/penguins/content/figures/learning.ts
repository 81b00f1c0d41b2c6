import type { Artifact } from '#src/artifacts/artifact.ts';
import { acrossAt } from '#src/components/drawing/axis.ts';
import { drawChart, endLabel } from '#src/components/drawing/chart.ts';
import type { Scale } from '#src/components/drawing/chart.ts';
import { drawingOf } from '#src/components/drawing/drawing-of.ts';
import type { Drawing } from '#src/components/drawing/drawing.ts';
import { methodStyle } from '#src/components/drawing/methods.ts';
import { series } from '#src/components/drawing/series.ts';
import { tableAlong } from '#src/components/drawing/table.ts';
import { errorOf } from '../../artifacts/telling-species.ts';
import type { TellingSpecies } from '../../artifacts/telling-species.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The value below which a share of the others lies. */
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))]!;

/** Doubling the birds is one step across. */
const place = Math.log2;

const across = (sizes: readonly number[]): Scale => ({
  type: 'linear',
  domain: [place(Math.min(...sizes)), place(Math.max(...sizes))],
  ticks: sizes.map(place),
  format: (at) => String(Math.round(2 ** at)),
  label: 'birds learnt from',
});

const UP: Scale = {
  type: 'linear',
  domain: [0, 0.25],
  ticks: [0, 0.05, 0.1, 0.15, 0.2, 0.25],
  format: (share) => `${Math.round(100 * share)} %`,
  label: 'birds called wrong',
};

/** The line of each learner: means over splits, with the middle half of them. */
const linesOf = (data: TellingSpecies) =>
  data.methods.map(({ method, errors }) => ({
    style: methodStyle(method),
    points: data.sizes.map((size, i) => ({
      x: place(size),
      y: errorOf(data, method, size),
      low: quantile(errors[i]!, 0.25),
      high: quantile(errors[i]!, 0.75),
    })),
  }));

function drawPanel(data: TellingSpecies) {
  const [x, lines] = [across(data.sizes), linesOf(data)];
  const svg = drawChart({
    label: 'Share of birds called wrong against the number of birds learnt from',
    size: { height: 300 },
    x,
    y: UP,
    marks: lines.flatMap(({ style, points }) =>
      series(points, { style, className: 'curve', y: UP, marked: () => true }),
    ),
    labels: lines.map(({ style, points }) => endLabel(style, points[points.length - 1]!.y)),
  });
  const rowsAt = data.sizes.map((size) => acrossAt(x, place(size)));
  return { title: 'Errors', note: 'of the two learners', svg, rowsAt };
}

/** Errors by the number of birds, a line a learner. */
export function drawLearning(artifact: Artifact<TellingSpecies>): Drawing {
  const { data } = artifact;
  const { sizes, methods } = data;
  return drawingOf({
    panels: [drawPanel(data)],
    csv: {
      columns: ['method', 'birds', 'split', 'error'],
      rows: methods.flatMap(({ method, errors }) =>
        errors.flatMap((splits, i) =>
          splits.map((error, split) => [method, sizes[i]!, split, error]),
        ),
      ),
    },
    description: [
      'Two lines that fall from left to right. Across: birds learnt from, doubling from one to the next. Up: the share of other birds that were called wrong.',
      ...linesOf(data).map(
        ({ style, points }) =>
          `The ${style.name} learner goes from ${percent(points[0]!.y)} to ${percent(points[points.length - 1]!.y)}.`,
      ),
    ],
    tables: [
      tableAlong({
        title: 'Mean share of birds called wrong',
        head: { columns: ['birds'], of: (size: number) => [String(size)] },
        places: sizes,
        series: methods.map(({ method }) => ({
          name: methodStyle(method).name,
          at: (size: number) => errorOf(data, method, size),
        })),
        format: percent,
      }),
    ],
    artifacts: [artifact],
  });
}
