import type * as Plot from '@observablehq/plot';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart } from '../../drawing/chart.ts';
import type { EndLabel, Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import { series } from '../../drawing/series.ts';
import { decades, decimalTick, geometricMean, halfDecadeAbove } from '../../drawing/ticks.ts';
import { runPanels } from '../../results/committed.ts';
import { readLearningCurves } from '../learning-curves/read.ts';
import type { LearningCurveArtifact } from '../learning-curves/read.ts';
import type { Drawing, Runnable } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { architectureOf } from '../learning-curves/facts.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { formatError, formatInteger } from '../../format.ts';

interface Filled {
  of: string;
  title: string;
  note: string;
  artifact: LearningCurveArtifact;
}

/** The figure of content/figures.ts that shows how the loss of every training fell. */
export const trainingLoss = (
  panels: readonly { of: string; title: string; note: string }[],
): FigureEntry => ({
  experiments: runPanels(panels).map(({ of }) => of),
  draw: async (preset, neededBy) =>
    draw(
      await Promise.all(
        runPanels(panels, preset).map(async (panel) => ({
          ...panel,
          artifact: await readLearningCurves(panel.of, neededBy, preset),
        })),
      ),
    ),
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
  const y: Scale = {
    type: 'log',
    domain,
    ticks: decades(domain),
    format: decimalTick,
    label: 'training loss / d',
  };
  const styleOf = (method: string) => methodStyle(architectureOf(artifact.data, method));
  const marks = trainingsOf(panel).flatMap(({ method, seed, loss }): Plot.Markish[] =>
    series(
      loss.step.map((step, i) => ({ x: step, y: loss.value[i]! })),
      { style: styleOf(method), className: `curve ${method} seed-${seed}`, y },
    ),
  );
  const methods = [...new Set(trainingsOf(panel).map(({ method }) => method))];
  const labels = methods.map((method): EndLabel => {
    const { name, variable } = styleOf(method);
    const ends = trainingsOf(panel).filter((training) => training.method === method);
    const at = geometricMean(ends.map(({ loss }) => loss.value[loss.value.length - 1]!));
    return { text: name, at, variable, layer: 'curve' };
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
  [...new Set(trainingsOf(panel).flatMap(({ loss }) => loss.step))].sort((a, b) => a - b);

function table(panel: Filled) {
  const trainings = trainingsOf(panel);
  const nameOf = (method: string): string =>
    methodStyle(architectureOf(panel.artifact.data, method)).name;
  return {
    title: `${panel.title}: training loss / d`,
    columns: ['step', ...trainings.map(({ method, seed }) => `${nameOf(method)} ${seed}`)],
    rows: stepsOf(panel).map((step) => [
      formatInteger(step),
      ...trainings.map(({ loss }) => {
        const value = loss.value[loss.step.indexOf(step)];
        return value === undefined ? '' : formatError(value);
      }),
    ]),
  };
}

function draw(panels: readonly Filled[]): Drawing {
  const all = panels.flatMap(trainingsOf);
  const end = Math.max(...all.flatMap(({ loss }) => loss.step));
  const values = all.flatMap(({ loss }) => loss.value);
  const low = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const domain = [low, Math.max(1, halfDecadeAbove(Math.max(...values)))] as const;
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
            `${methodStyle(architectureOf(panel.artifact.data, method)).name} (seed ${seed}) ${formatError(loss.value[loss.value.length - 1]!)}`,
        );
        return `${panel.title}: ${ends.join(', ')} at the end.`;
      }),
    ],
    tables: panels.map(table),
    artifacts: panels.map(({ artifact }) => artifact),
  });
}
