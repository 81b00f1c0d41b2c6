import * as Plot from '@observablehq/plot';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel, logScale } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { Drawing } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { series } from '../../drawing/series.ts';
import type { Point } from '../../drawing/series.ts';
import { decimalTick, halfDecadeAbove } from '../../drawing/ticks.ts';
import { formatError } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfOne } from '../entry.ts';
import { readGradientDescent } from './read.ts';
import type { GradientDescentArtifact } from './read.ts';

interface GammaSpec {
  /** Runs of the experiment `gradient-descent`. */
  panels: readonly { run: string; title: string; note: string }[];
  /** Published: the smallest error of the grid. */
  published: number;
}

/** k · d of the published grid: XᵀX grows with it, and the values of γ that matter shrink. */
const PUBLISHED_KD = 800;
const FLOOR = 1e-3;

/** The figure of content/figures.ts that shows the choice of γ for GD++. */
export const gammaGrid = (spec: GammaSpec): FigureEntry =>
  figureOfOne('gradient-descent', readGradientDescent, (artifact, neededBy) =>
    draw(spec, artifact, neededBy),
  );

interface Filled {
  title: string;
  note: string;
  run: GradientDescentArtifact['data']['runs'][string];
  points: Point[];
  best: Point;
}

function fill(spec: GammaSpec, { data }: GradientDescentArtifact, neededBy: string): Filled[] {
  return spec.panels.map(({ run: name, ...words }) => {
    const run = data.runs[name];
    if (!run)
      throw new Error(`${neededBy}: expected a run on ${name} inputs, got none; run it again`);
    const points = run.grid.gamma.map((gamma, i) => ({
      x: (gamma * run.k * data.d) / PUBLISHED_KD,
      y: run.grid.error[i]!,
    }));
    return { ...words, run, points, best: points.reduce((a, b) => (b.y < a.y ? b : a)) };
  });
}

function scalesOf(filled: readonly Filled[]): { x: Scale; y: Scale } {
  const points = filled.flatMap((panel) => panel.points);
  const xs = points.map(({ x }) => x);
  const top = Math.max(...points.map(({ y }) => y));
  return {
    x: {
      type: 'log',
      domain: [Math.min(...xs), Math.max(...xs)],
      ticks: [1e-6, 1e-5, 1e-4, 1e-3],
      format: decimalTick,
      label: 'γ · kd / 800',
    },
    y: logScale([FLOOR, Math.min(10, halfDecadeAbove(top))], 'last squared error / d'),
  };
}

const plainOf = ({ run }: Filled): number => run.gd[run.gd.length - 1]!;

function drawPanel(panel: Filled, { x, y }: { x: Scale; y: Scale }) {
  const { title, note, points, best } = panel;
  const [style, plain] = [methodStyle('gd++'), methodStyle('gd')];
  const level = plainOf(panel);
  const svg = drawChart({
    label: `${title}: last error of GD++ against γ`,
    x,
    y,
    marks: [
      Plot.ruleY([level], { stroke: `var(${plain.variable})`, strokeDasharray: plain.dash }),
      ...series(points, { style, className: 'curve gd-plus-plus', y }),
      Plot.dot([best], { x: 'x', y: 'y', r: 4, fill: `var(${style.variable})` }),
    ],
    labels: [
      endLabel(style, points[points.length - 1]!.y),
      endLabel({ ...plain, name: 'plain descent' }, level),
    ],
  });
  return { title, note, svg, rowsAt: points.map((point) => acrossAt(x, point.x)) };
}

function draw(spec: GammaSpec, artifact: GradientDescentArtifact, neededBy: string): Drawing {
  const filled = fill(spec, artifact, neededBy);
  const scales = scalesOf(filled);
  return drawingOf({
    panels: filled.map((panel) => drawPanel(panel, scales)),
    csv: {
      columns: ['inputs', 'k', 'gamma', 'error'],
      rows: filled.flatMap(({ title, run }) =>
        run.grid.gamma.map((gamma, i) => [title, run.k, gamma, run.grid.error[i]!]),
      ),
    },
    description: [
      'Line charts on logarithmic axes. Across: γ, scaled so that both sizes of the experiment have one axis. Up: squared error over d after the last step; a dot marks the best γ.',
      ...filled.map((panel) => {
        const { title, best, run } = panel;
        return `${title}: the best γ is ${formatError(run.gamma)}, with an error of ${formatError(best.y)}; plain gradient descent ends at ${formatError(plainOf(panel))}. The published best, on skewed inputs, is ${formatError(spec.published)}.`;
      }),
    ],
    tables: filled.map(({ title, run }) => ({
      title: `${title}: last squared error / d`,
      columns: ['γ', 'error'],
      rows: run.grid.gamma.map((gamma, i) => [
        formatError(gamma, 3),
        formatError(run.grid.error[i]!),
      ]),
    })),
    artifacts: [artifact],
  });
}
