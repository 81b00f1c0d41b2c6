import { meanAccuracy } from '../../../artifacts/hendel.ts';
import type { Hendel } from '../../../artifacts/hendel.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { Drawing } from '../../drawing/drawing.ts';
import { ascending } from '../../drawing/values.ts';
import { formatCount } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfOne } from '../entry.ts';
import { SHOTS, formatParameters, largestTasks, ranHere, shotsOf, swept } from './facts.ts';
import type { Measured } from './facts.ts';
import { drawLines, families, place, sweeps } from './lines.ts';
import { readHendel } from './read.ts';
import type { HendelArtifact } from './read.ts';
import { bySize, rowsOf, shotsTable, sizeTable, wordOf } from './tables.ts';

/** The figure of content/figures.ts that shows accuracy against size and against the number of examples. */
export const languageFigure = (): FigureEntry => figureOfOne('hendel', readHendel, draw);

const ACCURACY: Scale = {
  type: 'linear',
  domain: [0, 1],
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
  format: String,
  label: 'mean accuracy',
};

const SIZES = [0.125e9, 0.5e9, 2e9, 8e9, 32e9];

const PARAMETERS: Scale = {
  type: 'linear',
  domain: [place(0.1e9), place(40e9)],
  ticks: SIZES.map(place),
  format: (at) => formatParameters(2 ** at).replace('.0', ''),
  label: 'parameters',
};

function shotsScale({ all }: Measured): Scale {
  const shots = ascending(swept(all).flatMap(shotsOf));
  const most = shots[shots.length - 1]!;
  return {
    type: 'linear',
    domain: [0, place(most)],
    ticks: shots.filter((one) => Number.isInteger(place(one) / 2)).map(place),
    format: (at) => String(2 ** at),
    label: 'examples in the prompt',
  };
}

function sizePanel(measured: Measured, note: string) {
  const rows = bySize(measured.all);
  return {
    title: `With ${formatCount(SHOTS)} examples`,
    note,
    svg: drawChart({
      label: `With ${formatCount(SHOTS)} examples: accuracy over 18 tasks against the number of parameters`,
      x: PARAMETERS,
      y: ACCURACY,
      ...drawLines(families(measured), ACCURACY),
    }),
    rowsAt: rows.map(({ parameters }) => acrossAt(PARAMETERS, place(parameters))),
  };
}

function shotsPanel(measured: Measured, title: string, note: string, tasks?: readonly number[]) {
  const x = shotsScale(measured);
  return {
    title,
    note,
    svg: drawChart({
      label: `${title}: accuracy against the number of examples`,
      x,
      y: ACCURACY,
      ...drawLines(sweeps(measured, tasks), ACCURACY),
    }),
    rowsAt: ascending(swept(measured.all).flatMap(shotsOf)).map((shots) =>
      acrossAt(x, place(shots)),
    ),
  };
}

const everyModel = (data: Hendel): Measured => ({
  data,
  all: [
    ...ranHere(data).map((model) => ({ ...model, isPublished: false })),
    ...data.published.map((model) => ({ ...model, isPublished: true })),
  ],
});

function describe({ data, all }: Measured, largest: string): string[] {
  const whose =
    ranHere(data).length === 0
      ? 'all of it as published'
      : 'run here, with the published numbers thin';
  const means = bySize(all).map(
    (model) => `${wordOf(model)} ${(meanAccuracy(model, SHOTS) ?? 0).toFixed(2)}`,
  );
  return [
    `Line charts; up: mean accuracy over tasks, ${whose}. The first has the number of parameters across, on a logarithmic axis, a line a family of models; the others the number of examples in the prompt, a line a model: over all tasks that have inputs enough for so many, and over the ${largest} that have for the most.`,
    `With ${formatCount(SHOTS)} examples: ${means.join(', ')}.`,
  ];
}

function draw(artifact: HendelArtifact): Drawing {
  const { data } = artifact;
  const isRun = ranHere(data).length > 0;
  const measured = everyModel(data);
  const tasks = largestTasks(data);
  const largest = formatCount(tasks.length);
  const whose = isRun ? 'run here' : 'published numbers';
  return drawingOf({
    panels: [
      sizePanel(measured, whose),
      shotsPanel(measured, 'All tasks that fit', `${whose}; fewer tasks to the right`),
      shotsPanel(measured, `The ${largest} largest tasks`, `${whose}; the same all along`, tasks),
    ],
    overlay: isRun ? 'published' : undefined,
    csv: {
      columns: ['model', 'source', 'parameters', 'shots', 'task', 'accuracy'],
      rows: rowsOf(measured),
    },
    description: describe(measured, largest),
    tables: [
      sizeTable(measured),
      shotsTable(measured, 'Mean accuracy over all tasks that fit, by number of examples'),
      shotsTable(
        measured,
        `Mean accuracy over the ${largest} largest tasks, by number of examples`,
        tasks,
      ),
    ],
    artifacts: [artifact],
  });
}
