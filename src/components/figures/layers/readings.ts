import { acrossAt } from '../../drawing/axis.ts';
import { drawChart, endLabel } from '../../drawing/chart.ts';
import type { Scale } from '../../drawing/chart.ts';
import { drawingOf } from '../../drawing/drawing-of.ts';
import type { Drawing } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { publishedSeries, series } from '../../drawing/series.ts';
import { signedTick } from '../../drawing/ticks.ts';
import { mean } from '../../drawing/values.ts';
import type { FigureEntry } from '../../paper/paper.ts';
import { figureOfPanels } from '../entry.ts';
import { hasAt } from '../learning-curves/read.ts';
import { DEPTH, PROBE_COLUMNS, depthPoints, depthsOf, depthTable, probeRows } from './depth.ts';
import type { Probe } from './probes.ts';
import { readProbes } from './read.ts';
import type { Probed, ProbeSpec } from './read.ts';

type Reading = 'scale' | 'shift';

/** Frames that hold the published curves; what leaves them is cut. */
const FRAMES: Record<Reading, Omit<Scale, 'type'>> = {
  scale: { domain: [-2, 7], ticks: [-2, 0, 1, 2, 4, 6], format: signedTick, label: 'scale' },
  shift: { domain: [-2, 2], ticks: [-2, -1, 0, 1, 2], format: signedTick, label: 'shift' },
};
const IDEAL: Record<Reading, number> = { scale: 1, shift: 0 };

/** The figure of content/figures.ts that shows the scale and shift of the fitted line by depth. */
export const layerReadings = (panels: readonly ProbeSpec[]): FigureEntry =>
  figureOfPanels(panels, {
    fill: readProbes,
    draw,
    shows: ({ of }) => [{ of, what: 'fitted lines' }],
    isMeasured: hasAt('probes'),
  });

function drawPanel(panel: Probed, reading: Reading) {
  const y: Scale = { ...FRAMES[reading], type: 'linear' };
  const own = panel.probes.flatMap((probe) => {
    const { method, seed, layers } = probe;
    const banded = probe === middleOf(panel, method, reading);
    return series(
      layers.map((layer) => {
        const { mean, sd } = layer[reading];
        return { x: layer.depth, y: mean, ...(banded && { low: mean - sd, high: mean + sd }) };
      }),
      {
        style: methodStyle(method),
        className: `curve ${method} seed-${seed}`,
        y,
        marked: () => banded,
      },
    );
  });
  const theirs = panel.theirs.map((probe) =>
    publishedSeries(depthPoints(probe[reading] ?? []), methodStyle(probe.method), y),
  );
  const labels = panel.models.map((method) =>
    endLabel(methodStyle(method), endOf(panel, method, reading)),
  );
  const title = `${panel.title}: ${reading}`;
  const svg = drawChart({
    label: `${title} of the fitted line against depth`,
    x: DEPTH,
    y,
    marks: [...theirs, ...own],
    labels,
  });
  const rowsAt = depthsOf(panel).map((depth) => acrossAt(DEPTH, depth));
  return {
    title,
    note: `${IDEAL[reading]} where the layer holds the prediction itself`,
    svg,
    rowsAt,
  };
}

const endOf = ({ probes }: Probed, method: string, reading: Reading): number =>
  mean(
    probes
      .filter((probe) => probe.method === method)
      .map(({ layers }) => layers[layers.length - 1]![reading].mean),
  );

const lastOf = ({ layers }: Probe): Probe['layers'][number] => layers[layers.length - 1]!;

/** The run in the middle of those of a method at the last layer: eight panels of every run's band would hide one another. */
const middleOf = ({ probes }: Probed, method: string, reading: Reading): Probe | undefined => {
  const own = probes
    .filter((probe) => probe.method === method)
    .toSorted((a, b) => lastOf(a)[reading].mean - lastOf(b)[reading].mean);
  return own[Math.floor((own.length - 1) / 2)];
};

const READINGS: readonly Reading[] = ['scale', 'shift'];

function draw(panels: readonly Probed[]): Drawing {
  const each = panels.flatMap((panel) => READINGS.map((reading) => ({ panel, reading })));
  return drawingOf({
    panels: each.map(({ panel, reading }) => drawPanel(panel, reading)),
    overlay: 'Show the published runs (d = 20, thin lines)',
    csv: {
      columns: ['reading', ...PROBE_COLUMNS],
      rows: each.flatMap(({ panel, reading }) =>
        probeRows(panel, reading).map((row) => [reading, ...row]),
      ),
    },
    description: [
      'Line charts with one row a class of functions. Across: depth. Up: scale (left) and shift (right) of the line fitted to what the decoder reads there, averaged over functions; of each model, the band around the run in the middle is one standard deviation between functions, cut at the frame.',
      ...each.map(({ panel, reading }) => {
        const ends = panel.models.map(
          (method) => `${methodStyle(method).name} ${endOf(panel, method, reading).toFixed(2)}`,
        );
        return `${panel.title}, ${reading} at the last layer: ${ends.join(', ')}.`;
      }),
    ],
    tables: each.map(({ panel, reading }) => depthTable(panel, reading)),
    artifacts: panels.map(({ artifact }) => artifact),
  });
}
