import * as Plot from '@observablehq/plot';
import type { Preset } from '../../../artifacts/artifact.ts';
import { drawChart, endLabel, logScale } from '../../drawing/chart.ts';
import type { EndLabel, Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { methodsOf } from '../../drawing/methods.ts';
import { decadesAround, multipleTick } from '../../drawing/ticks.ts';
import { ascending, geometricMean } from '../../drawing/values.ts';
import { formatError, formatRange } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfPanels } from '../entry.ts';
import { styleOf } from '../learning-curves/facts.ts';
import { hasAt, readLearningCurves } from '../learning-curves/read.ts';
import type { LearningCurveArtifact } from '../learning-curves/read.ts';
import type { Order } from './facts.ts';

interface PanelSpec {
  of: string;
  title: string;
  note: string;
}

interface Filled extends PanelSpec {
  artifact: LearningCurveArtifact;
  runs: readonly Order[];
  methods: string[];
}

/** The figure of content/figures.ts that shows how much predictions depend on the order of the examples. */
export const orderSensitivity = (panels: readonly PanelSpec[]): FigureEntry =>
  figureOfPanels(panels, {
    fill,
    draw,
    shows: ({ of }) => [{ of, what: 'orders' }],
    isMeasured: hasAt('order'),
  });

async function fill(panel: PanelSpec, preset: Preset, neededBy: string): Promise<Filled> {
  const artifact = await readLearningCurves(panel.of, neededBy, preset);
  const runs = artifact.data.order;
  if (runs.length > 0) return { ...panel, artifact, runs, methods: methodsOf(runs) };
  throw new Error(
    `${neededBy}: expected permutations in the artifact of ${panel.of}, got none; run it again`,
  );
}

/** Less than this is the rounding of float32 sums in another order. */
const FLOOR = 1e-6;

/** Where one of several stands in a space of this width, from its middle. */
const beside = <Item>(item: Item, items: readonly Item[], width: number): number =>
  ((items.indexOf(item) + 0.5) / items.length - 0.5) * width;

/** Share of a context's width that its marks take. */
const SPREAD = 0.78;

const contextsOf = ({ runs }: Filled): number[] => ascending(runs.map(({ k }) => k));

/** Variance filled, error hollow, and a line between the two, for every run. */
function methodMarks(panel: Filled, method: string): Plot.Markish[] {
  const { variable, symbol = 'circle' } = styleOf(panel.artifact.data, method);
  const colour = `var(${variable})`;
  const contexts = contextsOf(panel);
  const runs = panel.runs.filter((run) => run.method === method);
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const middle = beside(method, panel.methods, SPREAD);
  const data = runs.map(({ k, seed, variance, error }) => ({
    x: contexts.indexOf(k) + middle + beside(seed, seeds, (0.8 * SPREAD) / panel.methods.length),
    variance: variance.mean,
    error: error.mean,
  }));
  const at = { x: 'x', symbol, r: 4, clip: true } as const;
  const paper = 'var(--paper)';
  const line = { x: 'x', y1: 'variance', y2: 'error', stroke: colour, strokeOpacity: 0.3 };
  return [
    Plot.ruleX(data, { ...line, clip: true }),
    Plot.dot(data, { ...at, y: 'error', stroke: colour, fill: paper, strokeWidth: 1.4 }),
    Plot.dot(data, { ...at, y: 'variance', fill: colour, stroke: paper }),
  ];
}

function drawPanel(panel: Filled, domain: readonly [number, number]) {
  const { runs, methods, artifact, title, note } = panel;
  const contexts = contextsOf(panel);
  const x: Scale = {
    type: 'linear',
    domain: [-0.5, contexts.length - 0.5],
    ticks: contexts.map((_, i) => i),
    format: (i) => multipleTick(contexts[i]! / artifact.data.d),
    label: 'examples in context, k',
  };
  const y = logScale(domain, 'variance and squared error, / d');
  const longest = contexts[contexts.length - 1];
  const labels = methods.map((method): EndLabel => {
    const ends = runs.filter((run) => run.method === method && run.k === longest);
    const at = geometricMean(ends.map(({ variance }) => Math.max(variance.mean, domain[0] / 10)));
    return endLabel(styleOf(artifact.data, method), at);
  });
  const marks = methods.flatMap((method) => methodMarks(panel, method));
  const label = `${title}: variance over permutations and squared error`;
  return { title, note, svg: drawChart({ label, x, y, marks, labels }) };
}

function describe({ runs, methods, artifact, title }: Filled): string {
  const longest = Math.min(...runs.map(({ k }) => k));
  const clauses = methods.map((method) => {
    const own = runs.filter((run) => run.method === method && run.k === longest);
    const { name } = styleOf(artifact.data, method);
    return `${name} varies by ${formatRange(own.map(({ variance }) => variance.mean))} at an error of ${formatRange(own.map(({ error }) => error.mean))}`;
  });
  return `${title}, after ${multipleTick(longest / artifact.data.d)} examples: ${clauses.join('; ')}.`;
}

const table = (panel: Filled): DataTable => ({
  title: `${panel.title}: squared error / d and variance / d`,
  columns: ['k / d', 'method', 'seed', 'variance', 'error', 'error of the mean'],
  rows: panel.runs.map(({ k, method, seed, variance, error, errorOfMean }) => [
    String(k / panel.artifact.data.d),
    styleOf(panel.artifact.data, method).name,
    String(seed),
    ...[variance, error, errorOfMean].map(({ mean }) => formatError(mean)),
  ]),
});

function draw(panels: readonly Filled[]): Drawing {
  const values = panels.flatMap(({ runs }) =>
    runs.flatMap(({ variance, error }) => [variance.mean, error.mean]),
  );
  const [low, high] = decadesAround(values);
  const domain = [Math.max(FLOOR, low), Math.max(1, high)] as const;
  return drawingOf({
    panels: panels.map((panel) => drawPanel(panel, domain)),
    csv: {
      columns: [
        'experiment',
        'method',
        'seed',
        'k',
        'permutations',
        'variance',
        'error',
        'error_of_mean',
      ],
      rows: panels.flatMap(({ of, runs }) =>
        runs.map(({ method, seed, k, permutations, variance, error, errorOfMean }) => [
          of,
          method,
          seed,
          k,
          permutations,
          variance.mean,
          error.mean,
          errorOfMean.mean,
        ]),
      ),
    },
    description: [
      'Dot charts. Across: examples in context. Up, on a logarithmic axis: for each run, the variance of its prediction over permutations of the context (filled) and its squared error (hollow), both over d. What lies between the two does not come from order.',
      ...panels.map(describe),
    ],
    tables: panels.map(table),
    artifacts: panels.map(({ artifact }) => artifact),
  });
}
