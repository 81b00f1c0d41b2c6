import type { ScanSpeed } from '../../../artifacts/scan-speed.ts';
import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel, logScale } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { DataTable, Drawing } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { series } from '../../drawing/series.ts';
import { tableAlong } from '../../drawing/table.ts';
import { decadesAround } from '../../drawing/ticks.ts';
import { ascending } from '../../drawing/values.ts';
import { formatError, formatInteger } from '../../format.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfOne } from '../entry.ts';
import { readScanSpeed } from './read.ts';
import type { ScanSpeedArtifact } from './read.ts';

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
export const scanFigure = (): FigureEntry => figureOfOne('scan-speed', readScanSpeed, draw);

const lengthsOf = ({ series: all }: ScanSpeed): number[] =>
  ascending(all.flatMap(({ length }) => length));

function lengthScale(data: ScanSpeed): Scale {
  const lengths = lengthsOf(data);
  const every = Math.ceil(lengths.length / 5);
  const ends = [lengths[0]!, lengths[lengths.length - 1]!] as const;
  const ticks = lengths.filter((_, i) => i % every === 0);
  return { type: 'log', base: 2, domain: ends, ticks, format: formatInteger, label: 'tokens' };
}

function drawPanel(data: ScanSpeed, { title, note, label, values }: Quantity) {
  const x = lengthScale(data);
  const y = logScale(decadesAround(data.series.flatMap(values)), label);
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
      return endLabel({ ...methodStyle(method), name }, ends[ends.length - 1]!);
    }),
    rule: title === 'Time' && crossing !== null ? { at: crossing, text: 'scan faster' } : undefined,
  });
  return { title, note, svg, rowsAt: lengthsOf(data).map((length) => acrossAt(x, length)) };
}

const table = (data: ScanSpeed, { title, label, values }: Quantity): DataTable =>
  tableAlong({
    title: `${title}: ${label}`,
    head: { columns: ['tokens'], of: (length) => [formatInteger(length)] },
    places: lengthsOf(data),
    series: data.series.map((one) => ({
      name: LOOKS[one.operation].name,
      at: (length) => values(one)[one.length.indexOf(length)],
    })),
    format: (value) => formatError(value, 3),
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
