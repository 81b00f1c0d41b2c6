import type { Scale } from '../../drawing/chart.ts';
import type { DataTable } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import type { Point } from '../../drawing/series.ts';
import { tableAlong } from '../../drawing/table.ts';
import { multipleTick } from '../../drawing/ticks.ts';
import { ascending } from '../../drawing/values.ts';
import type { Probe } from './probes.ts';
import type { Probed } from './read.ts';

/** Names the panels that show them, and what claims read. */
export const ERRORS = 'errors of layers';

/** From the first layer to the last; for descents, from the first point to the last. */
export const DEPTH: Scale = {
  type: 'linear',
  domain: [0, 1],
  ticks: [0, 0.25, 0.5, 0.75, 1],
  format: (depth) =>
    ({ 0: 'first', 0.5: 'half way', 1: 'last' })[String(depth) as '0' | '0.5' | '1'] ?? '',
  label: 'layer',
};

/** Points of what is known layer by layer, such as published values. */
export const depthPoints = (values: readonly number[]): Point[] =>
  values.map((value, layer) => ({ x: layer / (values.length - 1), y: value }));

export type Quantity = 'error' | 'scale' | 'shift';

export const lastError = ({ layers }: Probe): number => layers[layers.length - 1]!.error.mean;

export const PROBE_COLUMNS = 'experiment,method,seed,k,depth,mean,low,high,sd'.split(',');

/** Rows of a CSV: what every probe measured at every depth. */
export const probeRows = ({ of, probes }: Probed, quantity: Quantity): (string | number)[][] =>
  probes.flatMap(({ method, seed, k, layers }) =>
    layers.map((layer) => {
      const { mean, low, high, sd } = layer[quantity];
      return [of, method, seed, k, layer.depth, mean, low, high, sd];
    }),
  );

const WORDS: Record<Quantity, string> = {
  error: 'squared error / d',
  scale: 'scale',
  shift: 'shift',
};

/** Every depth at which one of the probes looked: models of other depths have others. */
export const depthsOf = ({ probes }: Probed): number[] =>
  ascending(probes.flatMap(({ layers }) => layers.map(({ depth }) => depth)));

/** A table by depth: one column a probe. */
export function depthTable(panel: Probed, quantity: Quantity): DataTable {
  const { probes, title, artifact, k: contexts } = panel;
  const nameOf = ({ method, seed, k }: Probe): string =>
    `${methodStyle(method).name} ${seed}${contexts.length > 1 ? `, ${multipleTick(k / artifact.data.d)}` : ''}`;
  return tableAlong({
    title: `${title}: ${WORDS[quantity]}`,
    head: { columns: ['depth'], of: (depth) => [depth.toFixed(2)] },
    places: depthsOf(panel),
    series: probes.map((probe) => ({
      name: nameOf(probe),
      at: (depth) => probe.layers.find((layer) => layer.depth === depth)?.[quantity].mean,
    })),
  });
}
