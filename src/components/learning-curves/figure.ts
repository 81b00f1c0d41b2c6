import { artifactPath } from '../../artifacts/artifact.ts';
import type { LearningCurves } from '../../artifacts/learning-curves.ts';
import type { LearningCurveArtifact } from '../data/artifacts.ts';
import type { PublishedCurves } from '../data/published.ts';
import type { DataTable, Drawing } from '../figure/drawing.ts';
import { methodStyle } from '../figure/methods.ts';
import { standalone } from '../figure/svg.ts';
import { formatError, formatInteger, formatRange } from '../prose/format.ts';
import { errorsAt, longestContext, trainedExamples } from './facts.ts';
import type { Curve } from './facts.ts';
import { drawPanel } from './panel.ts';
import { PANEL, axesOf, project } from './scale.ts';

const EVALUATIONS: Record<string, { title: string; note: string }> = {
  training: {
    title: 'Skewed inputs',
    note: 'the distribution the models were trained on',
  },
  isotropic: {
    title: 'Isotropic inputs',
    note: 'a shift, and what the published figure shows',
  },
};

function evaluationText(evaluation: string): { title: string; note: string } {
  const text = EVALUATIONS[evaluation];
  if (text) return text;
  throw new Error(
    `learning curves: expected an evaluation among ${Object.keys(EVALUATIONS).join(', ')}, ` +
      `got ${evaluation}; name it in src/components/learning-curves/figure.ts`,
  );
}

const columnName = ({ method, seed }: Curve): string =>
  `${methodStyle(method).name}${seed === undefined ? '' : ` ${seed}`}`;

/** Every k at which one of the curves has a value. */
const examplesOf = (curves: readonly Curve[]): number[] =>
  [...new Set(curves.flatMap(({ k }) => k))].sort((a, b) => a - b);

const curvesOn = (data: LearningCurves, evaluation: string): Curve[] =>
  data.curves.filter((curve) => curve.evaluation === evaluation);

function table(data: LearningCurves, evaluation: string): DataTable {
  const curves = curvesOn(data, evaluation);
  return {
    title: `${evaluationText(evaluation).title}: squared error / d`,
    columns: ['k', 'k / d', ...curves.map(columnName)],
    rows: examplesOf(curves).map((k) => [
      String(k),
      formatError(k / data.d, 3).replace(/\.?0+$/, '') || '0',
      ...curves.map((curve) => {
        const value = curve.mean[curve.k.indexOf(k)];
        return value === undefined ? '' : formatError(value);
      }),
    ]),
  };
}

function csv(data: LearningCurves): string {
  const lines = data.curves.flatMap((curve) =>
    curve.k.map((k, i) =>
      [curve.method, curve.seed ?? '', curve.evaluation, k, k / data.d]
        .concat([curve.mean[i] as number, curve.low[i] as number, curve.high[i] as number])
        .join(','),
    ),
  );
  return ['method,seed,evaluation,k,k_over_d,mean,low,high', ...lines, ''].join('\n');
}

/** Below this, an error is the rounding of exact arithmetic. */
const ROUNDING = 1e-9;

const errorText = (value: number): string =>
  value < ROUNDING ? 'zero up to rounding' : formatError(value);

function describe(data: LearningCurves, methods: readonly string[], on: string): string {
  const where = `description of ${on}`;
  const last = `${longestContext(data) / data.d}d`;
  const clauses = methods.map((method) => {
    const at = (k: string): string =>
      formatRange(errorsAt(data, { method, on, k }, where), errorText);
    return `${methodStyle(method).name} is at ${at('1d')} for k = d, ${at('2d')} for 2d and ${at(last)} for ${last}`;
  });
  return `${evaluationText(on).title}: ${clauses.join('; ')}.`;
}

/** Draws the figure of an experiment that measures in-context learning curves. */
export function drawLearningCurves(
  artifact: LearningCurveArtifact,
  published: PublishedCurves,
): Drawing {
  const { data, id, preset, provenance } = artifact;
  const models = [...new Set(data.trainings.map((training) => training.method))];
  const methods = [...new Set([...models, ...data.curves.map((curve) => curve.method)])];
  const evaluations = Object.keys(EVALUATIONS).filter((name) => name in data.evaluations);
  const axes = axesOf(data, models, published);
  const panels = evaluations.map((evaluation) => {
    const { title, note } = evaluationText(evaluation);
    const overlay = evaluation === published.evaluation ? published : undefined;
    const label = `${title}: squared error over d against the number of examples in context`;
    const svg = drawPanel({ data, axes, evaluation, methods, published: overlay, label });
    const rowsAt = examplesOf(curvesOn(data, evaluation)).map(
      (k) => project(axes, k / data.d, 1)[0],
    );
    return { title, note, svg, rowsAt };
  });
  return {
    panels,
    overlay: evaluations.includes(published.evaluation)
      ? `Show the published runs (d = ${published.d}, thin lines)`
      : undefined,
    svg: standalone(
      panels.map((panel) => panel.svg),
      PANEL.width,
      PANEL.height,
    ),
    csv: csv(data),
    description: [
      `Line charts with one panel a distribution of inputs. Across: examples in context, from 0 to ${formatInteger(longestContext(data))} (${longestContext(data) / data.d}d); a vertical line marks k = ${trainedExamples(data)}, the longest context in training. Up: squared error over d, on a logarithmic axis.`,
      ...evaluations.map((evaluation) => describe(data, methods, evaluation)),
    ],
    tables: evaluations.map((evaluation) => table(data, evaluation)),
    tableNote: 'Means over all prompts; the intervals are in the CSV and JSON files.',
    artifact: artifactPath(id, preset),
    provenance,
  };
}
