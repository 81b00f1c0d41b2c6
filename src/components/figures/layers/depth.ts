import type { Scale } from '../../drawing/chart.ts';
import { multipleTick } from '../../drawing/ticks.ts';
import type { DataTable } from '../../drawing/drawing.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { formatError } from '../../format.ts';
import type { Probe } from './probes.ts';
import type { Probed } from './read.ts';

/** From the first layer to the last; for descents, from the first point to the last. */
export const DEPTH: Scale = {
  type: 'linear',
  domain: [0, 1],
  ticks: [0, 0.25, 0.5, 0.75, 1],
  format: (depth) =>
    ({ 0: 'first', 0.5: 'half way', 1: 'last' })[String(depth) as '0' | '0.5' | '1'] ?? '',
  label: 'layer',
};

export type Quantity = 'error' | 'scale' | 'shift';

export const lastError = ({ layers }: Probe): number => layers[layers.length - 1]!.error.mean;

/** Rows of a CSV: what every probe measured at every depth. */
export const probeRows = ({ of, probes }: Probed, quantity: Quantity): (string | number)[][] =>
  probes.flatMap(({ method, seed, k, layers }) =>
    layers.map((layer) => {
      const { mean, low, high, sd } = layer[quantity];
      return [of, method, seed, k, layer.depth, mean, low, high, sd];
    }),
  );

/** A table by depth: one column a probe. Models of other depths leave cells empty. */
export function depthTable(
  panel: Probed,
  quantity: Quantity,
): { depths: number[]; table: DataTable } {
  const { probes, title, artifact, k: contexts } = panel;
  const column = ({ method, seed, k }: Probe): string =>
    `${methodStyle(method).name} ${seed}${contexts.length > 1 ? `, ${multipleTick(k / artifact.data.d)}` : ''}`;
  const depths = [
    ...new Set(probes.flatMap(({ layers }) => layers.map(({ depth }) => depth))),
  ].sort((a, b) => a - b);
  const cell = ({ layers }: Probe, depth: number): string => {
    const layer = layers.find((candidate) => candidate.depth === depth);
    return layer ? formatError(layer[quantity].mean) : '';
  };
  const words = { error: 'squared error / d', scale: 'scale', shift: 'shift' }[quantity];
  return {
    depths,
    table: {
      title: `${title}: ${words}`,
      columns: ['depth', ...probes.map(column)],
      rows: depths.map((depth) => [depth.toFixed(2), ...probes.map((probe) => cell(probe, depth))]),
    },
  };
}
