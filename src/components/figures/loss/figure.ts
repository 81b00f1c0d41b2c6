import type * as Plot from '@observablehq/plot';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel, logScale } from '../../drawing/chart.ts';
import type { EndLabel, Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { DataTable, Drawing, Runnable } from '../../drawing/drawing.ts';
import { methodsOf } from '../../drawing/methods.ts';
import { series } from '../../drawing/series.ts';
import { tableAlong } from '../../drawing/table.ts';
import { decadesAround } from '../../drawing/ticks.ts';
import { ascending, geometricMean } from '../../drawing/values.ts';
import { formatError, formatInteger } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfPanels } from '../entry.ts';
import { styleOf } from '../learning-curves/facts.ts';
import { readLearningCurves } from '../learning-curves/read.ts';
import type { LearningCurveArtifact } from '../learning-curves/read.ts';

interface Filled {
  of: string;
  title: string;
  note: string;
  artifact: LearningCurveArtifact;
}

/** The figure of content/figures.ts that shows how the loss of every training fell. */
export const trainingLoss = (
  panels: readonly { of: string; title: string; note: string }[],
): FigureEntry =>
  figureOfPanels(panels, {
    fill: async (panel, preset, neededBy) => ({
      ...panel,
      artifact: await readLearningCurves(panel.of, neededBy, preset),
    }),
    draw,
  });

const trainingsOf = ({ artifact }: Filled) => artifact.data.trainings;

function drawPanel(panel: Filled, end: number, domain: readonly [number, number]) {
  const { title, note, artifact } = panel;
  const x: Scale = {
    type: 'linear',
    domain: [0, end],
    ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => share * end),
    format: formatInteger,
    label: 'training step',
  };
  const y = logScale(domain, 'training loss / d');
  const marks = trainingsOf(panel).flatMap(({ method, seed, loss }): Plot.Markish[] =>
    series(
      loss.step.map((step, i) => ({ x: step, y: loss.value[i]! })),
      { style: styleOf(artifact.data, method), className: `curve ${method} seed-${seed}`, y },
    ),
  );
  const methods = methodsOf(trainingsOf(panel));
  const labels = methods.map((method): EndLabel => {
    const ends = trainingsOf(panel).filter((training) => training.method === method);
    const at = geometricMean(ends.map(({ loss }) => loss.value[loss.value.length - 1]!));
    return endLabel(styleOf(artifact.data, method), at);
  });
  const svg = drawChart({
    label: `${title}: training loss against steps`,
    x,
    y,
    marks,
    labels,
    attributes: { 'data-artifact': `${artifact.id}.${artifact.preset}` },
  });
  const rowsAt = stepsOf(panel).map((step) => acrossAt(x, step));
  const runnable: Runnable = { shows: 'losses', artifact, models: methods };
  return { title, note, svg, rowsAt, runnable };
}

const stepsOf = (panel: Filled): number[] =>
  ascending(trainingsOf(panel).flatMap(({ loss }) => loss.step));

const nameOf = ({ artifact }: Filled, method: string): string =>
  styleOf(artifact.data, method).name;

const table = (panel: Filled): DataTable =>
  tableAlong({
    title: `${panel.title}: training loss / d`,
    head: { columns: ['step'], of: (step) => [formatInteger(step)] },
    places: stepsOf(panel),
    series: trainingsOf(panel).map(({ method, seed, loss }) => ({
      name: `${nameOf(panel, method)} ${seed}`,
      at: (step) => loss.value[loss.step.indexOf(step)],
    })),
  });

function draw(panels: readonly Filled[]): Drawing {
  const all = panels.flatMap(trainingsOf);
  const end = Math.max(...all.flatMap(({ loss }) => loss.step));
  const [low, high] = decadesAround(all.flatMap(({ loss }) => loss.value));
  const domain = [low, Math.max(1, high)] as const;
  return drawingOf({
    panels: panels.map((panel) => drawPanel(panel, end, domain)),
    csv: {
      columns: ['experiment', 'method', 'seed', 'step', 'loss'],
      rows: panels.flatMap((panel) =>
        trainingsOf(panel).flatMap(({ method, seed, loss }) =>
          loss.step.map((step, i) => [panel.of, method, seed, step, loss.value[i]!]),
        ),
      ),
    },
    description: [
      `Line charts. Across: training steps, to ${formatInteger(end)}. Up: mean squared error over all positions of the training prompts, over d, averaged between two points, on a logarithmic axis. Early on, prompts are shorter and of fewer dimensions.`,
      ...panels.map((panel) => {
        const ends = trainingsOf(panel).map(
          ({ method, seed, loss }) =>
            `${nameOf(panel, method)} (seed ${seed}) ${formatError(loss.value[loss.value.length - 1]!)}`,
        );
        return `${panel.title}: ${ends.join(', ')} at the end.`;
      }),
    ],
    tables: panels.map(table),
    artifacts: panels.map(({ artifact }) => artifact),
  });
}
