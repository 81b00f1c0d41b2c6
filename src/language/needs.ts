import type { Config } from '../checkpoints/config.ts';
import { fault } from '../checkpoints/fault.ts';
import type { Network } from './network.ts';
import type { Need } from './weights.ts';

/** Of a layer or of what is around the layers, by this project's names. */
export type Needs = [string, Need][];

/** `name.weight` [out in], and its bias where there is one. */
export const dense = (
  name: string,
  stored: string | readonly string[],
  shapes: readonly (readonly [number, number])[],
  bias = true,
  extra: Partial<Need> = {},
): Needs => {
  const names = typeof stored === 'string' ? [stored] : stored;
  const weight: Need = {
    from: names.map((of, i) => [`${of}.weight`, shapes[i]!]),
    matrix: true,
    ...extra,
  };
  const { rows } = extra;
  const out = extra.transposed ? 1 : 0;
  const offsets: Need = {
    from: names.map((of, i) => [`${of}.bias`, [shapes[i]![out]]]),
    ...(rows && { rows }),
  };
  return [
    [`${name}.weight`, weight],
    ...(bias ? [[`${name}.bias`, offsets] as [string, Need]] : []),
  ];
};

export const normed = (name: string, stored: string, size: number, bias = true): Needs => [
  [`${name}.weight`, { from: [[`${stored}.weight`, [size]]] }],
  ...(bias ? [[`${name}.bias`, { from: [[`${stored}.bias`, [size]]] }] as [string, Need]] : []),
];

export const table = (name: string, stored: string, rows: number, size: number): Needs => [
  [`${name}.weight`, { from: [[stored, [rows, size]]], matrix: true }],
];

export const needsOf = (
  layers: number,
  ends: Needs,
  ofLayer: (layer: number) => Needs,
): Network['needs'] =>
  Object.fromEntries([
    ...ends,
    ...Array.from({ length: layers }, (_, i) =>
      ofLayer(i).map(([name, need]) => [`${i}.${name}`, need] as const),
    ).flat(),
  ]);

export function headsOf(config: Config, d_model: number, heads: number): number {
  if (heads > 0 && d_model % heads === 0) return d_model / heads;
  return fault(
    config.where,
    'a width divisible by the number of heads',
    `${d_model} and ${heads}`,
    'check that it is whole',
  );
}
