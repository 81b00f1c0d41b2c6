import { curvesOn } from '../../../artifacts/claims.ts';
import type { TokenCurve, TokenCurves } from '../../../artifacts/token-curves.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel, logScale } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { series } from '../../drawing/series.ts';
import { tableAlong } from '../../drawing/table.ts';
import { halfDecadeAbove } from '../../drawing/ticks.ts';
import { ascending } from '../../drawing/values.ts';
import { formatError, formatInteger } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfPanels } from '../entry.ts';
import { tokenCurvesOf } from './facts.ts';
import { readTokenCurves } from './read.ts';
import type { TokenCurvesArtifact } from './read.ts';

/** A method of a panel, and how it looks: like one of the page's, with a dash of its own where it is a variant. */
interface Line {
  method: string;
  name: string;
  like: string;
  dash?: string;
}

interface PanelSpec {
  of: string;
  /** What is asked; `training` if left out. */
  on?: string;
  title: string;
  note: string;
  lines: readonly Line[];
}

interface Filled {
  spec: PanelSpec;
  artifact: TokenCurvesArtifact;
}

/** Words for the axes. */
const MEASURES: Record<TokenCurves['measure'], string> = {
  'total variation': 'total variation from the add-one estimator',
  accuracy: 'share of right answers',
};
const ALONG: Record<TokenCurves['along'], string> = {
  tokens: 'tokens read',
  pairs: 'pairs to remember',
  shots: 'examples in the prompt',
};

/** The figure of content/figures.ts that shows what models do with sequences of tokens, against what they read. */
export const tokenFigure = (panels: readonly PanelSpec[]): FigureEntry =>
  figureOfPanels(panels, {
    fill: async (spec, preset, neededBy): Promise<Filled> => ({
      spec,
      artifact: await readTokenCurves(spec.of, neededBy, preset),
    }),
    draw,
    shows: ({ of, on = 'training' }) => [{ of, what: curvesOn(on) }],
  });

const curvesOf = (data: TokenCurves, { on }: PanelSpec, { method }: Line): TokenCurve[] =>
  tokenCurvesOf(data, { method, ...(on !== undefined && { on }) }, `figure of ${method}`);

const placesOf = (data: TokenCurves, spec: PanelSpec): number[] =>
  ascending(spec.lines.flatMap((line) => curvesOf(data, spec, line).flatMap(({ at }) => at)));

/** Doublings, on an axis whose ticks Plot names at powers of its base alone. */
const place = Math.log2;

const halfDecadesAround = (values: readonly number[]): readonly [number, number] => [
  1 / halfDecadeAbove(1 / Math.min(...values)),
  halfDecadeAbove(Math.max(...values)),
];

interface Scales {
  x: Scale;
  y: Scale;
}

/** The same for all panels of a figure, which measure the same. */
function scalesOf(panels: readonly Filled[]): Scales {
  const { along, measure } = panels[0]!.artifact.data;
  const curves = panels.flatMap(({ spec, artifact: { data } }) =>
    spec.lines.flatMap((line) => curvesOf(data, spec, line)),
  );
  const places = ascending(curves.flatMap(({ at }) => at));
  const [first, last] = [Math.max(1, places[0]!), places[places.length - 1]!];
  const every = Math.ceil(place(last / first) / 5);
  const ticks = Array.from(
    { length: Math.floor(place(last / first) / every) + 1 },
    (_, i) => place(last) - i * every,
  );
  const label = MEASURES[measure];
  return {
    x: {
      type: 'linear',
      domain: [place(first), place(last)],
      ticks,
      format: (at) => formatInteger(2 ** at),
      label: ALONG[along],
    },
    y:
      measure === 'total variation'
        ? logScale(halfDecadesAround(curves.flatMap(({ mean }) => mean)), label)
        : {
            type: 'linear',
            domain: [0, 1],
            ticks: [0, 0.25, 0.5, 0.75, 1],
            format: (value) => formatError(value),
            label,
          },
  };
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};

function drawPanel({ spec, artifact: { data } }: Filled, { x, y }: Scales) {
  const styleOf = ({ like, name, dash }: Line) => {
    const style = methodStyle(like);
    return { ...style, name, dash: dash ?? style.dash, symbol: undefined };
  };
  const svg = drawChart({
    label: `${spec.title}: ${MEASURES[data.measure]} against ${ALONG[data.along]}`,
    x,
    y,
    marks: spec.lines.toReversed().flatMap((line) =>
      curvesOf(data, spec, line).flatMap(({ at, mean, low, high }) =>
        series(
          at.map((count, i) => ({ x: place(count), y: mean[i]!, low: low[i]!, high: high[i]! })),
          { style: styleOf(line), className: `curve ${line.method}`, y },
        ),
      ),
    ),
    labels: spec.lines.map((line) =>
      endLabel(
        styleOf(line),
        median(curvesOf(data, spec, line).map(({ mean }) => mean[mean.length - 1]!)),
      ),
    ),
    ...(data.trained < 2 ** x.domain[1] && {
      rule: { at: place(data.trained), text: 'training ends' },
    }),
  });
  const rowsAt = placesOf(data, spec).map((count) => acrossAt(x, place(count)));
  return { title: spec.title, note: spec.note, svg, rowsAt };
}

const table = ({ spec, artifact: { data } }: Filled): DataTable =>
  tableAlong({
    title: `${spec.title}: ${MEASURES[data.measure]}, median of the runs`,
    head: { columns: [ALONG[data.along]], of: (count) => [formatInteger(count)] },
    places: placesOf(data, spec),
    series: spec.lines.map((line) => ({
      name: line.name,
      at: (count) => {
        const found = curvesOf(data, spec, line).flatMap(
          ({ at, mean }) => mean[at.indexOf(count)] ?? [],
        );
        return found.length > 0 ? median(found) : undefined;
      },
    })),
  });

function describe({ spec, artifact: { data } }: Filled): string {
  const clauses = spec.lines.map((line) => {
    const curves = curvesOf(data, spec, line);
    const places = curves[0]!.at;
    const [first, last] = [places[0]!, places[places.length - 1]!];
    const at = (count: number): string =>
      formatError(median(curves.map(({ at, mean }) => mean[at.indexOf(count)]!)));
    return `${line.name} from ${at(first)} at ${formatInteger(first)} to ${at(last)} at ${formatInteger(last)}`;
  });
  return `${spec.title}, ${MEASURES[data.measure]} against ${ALONG[data.along]}, median of the runs: ${clauses.join('; ')}.`;
}

function draw(panels: readonly Filled[]): Drawing {
  const scales = scalesOf(panels);
  return drawingOf({
    panels: panels.map((panel) => drawPanel(panel, scales)),
    csv: {
      columns: ['experiment', 'on', 'method', 'seed', 'at', 'mean', 'low', 'high'],
      rows: panels.flatMap(({ spec, artifact: { data } }) =>
        spec.lines.flatMap((line) =>
          curvesOf(data, spec, line).flatMap(({ on, method, seed, at, mean, low, high }) =>
            at.map((count, i) => [
              spec.of,
              on,
              method,
              seed ?? '',
              count,
              mean[i]!,
              low[i]!,
              high[i]!,
            ]),
          ),
        ),
      ),
    },
    description: [
      'Line charts. One line a training seed, with an interval over sequences.',
      ...panels.map(describe),
    ],
    tables: panels.map(table),
    artifacts: panels.map(({ artifact }) => artifact),
  });
}
