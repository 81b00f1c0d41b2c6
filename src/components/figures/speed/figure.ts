import type { ScanSpeed } from '../../../artifacts/scan-speed.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import { series } from '../../drawing/series.ts';
import { decades, decimalTick, halfDecadeAbove } from '../../drawing/ticks.ts';
import { readScanSpeed } from './read.ts';
import type { ScanSpeedArtifact } from './read.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { formatError, formatInteger } from '../../format.ts';

type Series = ScanSpeed['series'][number];

/** An operation looks like the model whose layers mix tokens with it. */
const LOOKS: Record<Series['operation'], { name: string; method: string }> = {
  scan: { name: 'selective scan', method: 'mamba' },
  attention: { name: 'attention', method: 'gpt2' },
};

interface Quantity {
  title: string;
  note: string;
  label: string;
  /** In the unit of the label, one value a length. */
  values(series: Series): number[];
}

const MEBI = 2 ** 20;
const QUANTITIES: readonly Quantity[] = [
  {
    title: 'Time',
    note: 'of a forward pass, median',
    label: 'milliseconds',
    values: ({ milliseconds }) => milliseconds,
  },
  {
    title: 'Memory',
    note: 'taken at most, inputs included',
    label: 'mebibytes',
    values: ({ peakBytes }) => peakBytes.map((bytes) => bytes / MEBI),
  },
];

/** The figure of content/figures.ts that shows what scan and attention cost against length. */
export const scanFigure = (): FigureEntry => ({
  experiments: ['scan-speed'],
  draw: async (preset, neededBy) => draw(await readScanSpeed(neededBy, preset)),
});

function scaleOf(values: readonly number[], label: string): Scale {
  const low = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const domain = [low, halfDecadeAbove(Math.max(...values))] as const;
  return { type: 'log', domain, ticks: decades(domain), format: decimalTick, label };
}

function lengthScale({ series: all }: ScanSpeed): Scale {
  const lengths = [...new Set(all.flatMap(({ length }) => length))].sort((a, b) => a - b);
  const every = Math.ceil(lengths.length / 5);
  const ends = [lengths[0]!, lengths[lengths.length - 1]!] as const;
  const ticks = lengths.filter((_, i) => i % every === 0);
  return { type: 'log', base: 2, domain: ends, ticks, format: formatInteger, label: 'tokens' };
}

function drawPanel(data: ScanSpeed, { title, note, label, values }: Quantity) {
  const x = lengthScale(data);
  const y = scaleOf(data.series.flatMap(values), label);
  const { crossing } = data;
  const svg = drawChart({
    label: `${title} of the selective scan and of attention against the number of tokens`,
    x,
    y,
    marks: data.series.flatMap((one) =>
      series(
        values(one).map((value, i) => ({ x: one.length[i]!, y: value })),
        {
          style: methodStyle(LOOKS[one.operation].method),
          className: `curve ${one.operation}`,
          y,
          marked: () => true,
        },
      ),
    ),
    labels: data.series.map((one) => {
      const { name, method } = LOOKS[one.operation];
      const ends = values(one);
      const { variable } = methodStyle(method);
      return { text: name, at: ends[ends.length - 1]!, variable, layer: 'curve' };
    }),
    rule: title === 'Time' && crossing !== null ? { at: crossing, text: 'scan faster' } : undefined,
  });
  return { title, note, svg, rowsAt: rowsOf(data).map((length) => acrossAt(x, length)) };
}

const rowsOf = ({ series: all }: ScanSpeed): number[] =>
  [...new Set(all.flatMap(({ length }) => length))].sort((a, b) => a - b);

const table = (data: ScanSpeed, { title, label, values }: Quantity): DataTable => ({
  title: `${title}: ${label}`,
  columns: ['tokens', ...data.series.map(({ operation }) => LOOKS[operation].name)],
  rows: rowsOf(data).map((length) => [
    formatInteger(length),
    ...data.series.map((one) => {
      const value = values(one)[one.length.indexOf(length)];
      return value === undefined ? '' : formatError(value, 3);
    }),
  ]),
});

function describe(data: ScanSpeed, { title, label, values }: Quantity): string {
  const clauses = data.series.map((one) => {
    const [all, lengths] = [values(one), one.length];
    const at = (i: number): string =>
      `${formatError(all[i]!)} at ${formatInteger(lengths[i]!)} tokens`;
    return `${LOOKS[one.operation].name} from ${at(0)} to ${at(all.length - 1)}`;
  });
  return `${title} in ${label}: ${clauses.join('; ')}.`;
}

function draw(artifact: ScanSpeedArtifact): Drawing {
  const { data } = artifact;
  const where =
    data.crossing === null
      ? 'At no measured length is the scan the faster one for good.'
      : `From ${formatInteger(data.crossing)} tokens on the scan is faster.`;
  return drawingOf({
    panels: QUANTITIES.map((quantity) => drawPanel(data, quantity)),
    csv: {
      columns: ['operation', 'tokens', 'milliseconds', 'peak_bytes'],
      rows: data.series.flatMap(({ operation, length, milliseconds, peakBytes }) =>
        length.map((tokens, i) => [operation, tokens, milliseconds[i]!, peakBytes[i]!]),
      ),
    },
    description: [
      `Line charts on logarithmic axes. Across: tokens. Up: time and memory of one operation, forward, at a width of ${data.d_model}. ${where}`,
      ...QUANTITIES.map((quantity) => describe(data, quantity)),
    ],
    tables: QUANTITIES.map((quantity) => table(data, quantity)),
    artifacts: [artifact],
  });
}
