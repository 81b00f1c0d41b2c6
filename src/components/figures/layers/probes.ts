import type { LearningCurves } from '../../../artifacts/learning-curves.ts';
import { measuredAt } from '../learning-curves/facts.ts';

export type Probe = LearningCurves['probes'][number];

export const probesOf = (
  data: LearningCurves,
  place: { method: string; k: string },
  where: string,
): Probe[] => measuredAt(data.probes, data, place, where);

const errors = ({ layers }: Probe): number[] => layers.map((layer) => layer.error.mean);

/** Index of the layer that errs least. */
const best = (probe: Probe): number => errors(probe).indexOf(Math.min(...errors(probe)));

export type ProbedLayer = 'first' | 'last' | 'best';

export function layerOf(probe: Probe, layer: ProbedLayer): Probe['layers'][number] {
  const index = { first: 0, last: probe.layers.length - 1, best: best(probe) }[layer];
  return probe.layers[index]!;
}

/** R² of the line through log10 of the error against depth; 0 where the error does not change. */
export function straightness(probe: Probe): number {
  const x = probe.layers.map(({ depth }) => depth);
  const y = errors(probe).map(Math.log10);
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const product = (a: readonly number[], ma: number, b: readonly number[], mb: number) =>
    a.reduce((sum, value, i) => sum + (value - ma) * (b[i]! - mb), 0);
  const [xx, xy, yy] = [product(x, mx, x, mx), product(x, mx, y, my), product(y, my, y, my)];
  return xx > 0 && yy > 0 ? (xy * xy) / (xx * yy) : 0;
}

/** Number of the first layer, from 1, that errs less than half of what the first one does; undefined if none. */
export function halvedAt(probe: Probe): number | undefined {
  const all = errors(probe);
  const index = all.findIndex((error) => error < all[0]! / 2);
  return index < 0 ? undefined : index + 1;
}

/** How many times less the last layer errs than the one before it. */
export function lastStep(probe: Probe): number {
  const all = errors(probe);
  return all[all.length - 2]! / all[all.length - 1]!;
}

/** Where the error is lowest, as a clause: `in the last layer in every run`. */
export function lowestAt(probes: readonly Probe[]): string {
  const last = probes.filter((probe) => best(probe) === probe.layers.length - 1).length;
  if (last === probes.length) return 'in the last layer in every run';
  const places = [...new Set(probes.map((probe) => best(probe) + 1))].sort((a, b) => a - b);
  const layers = `layer ${places.join(' or ')} of ${probes[0]!.layers.length}`;
  return last === 0
    ? `before the last layer in every run, in ${layers}`
    : `in ${layers}, by the run`;
}
