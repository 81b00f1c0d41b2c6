import type { Preset } from '../../artifacts/artifact.ts';

/** What a number in a sentence rests on: read by the card that it opens (client/number-card.ts). */
interface Bound {
  /** The artifact it was read from. */
  artifact: { id: string; preset: Preset };
  /** What it is, in words: `squared error / d of Mamba, isotropic inputs, k = 2d`. */
  is: string;
  /** One value a run, by what the runs are of. */
  values?: readonly (readonly [name: string, values: readonly number[]])[];
  /** Where a figure shows it: which part of the artifact, and where across. */
  at?: { part: string; x: readonly number[] };
}

/** As many digits as anybody reads; the artifact has all. */
export const shortened = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));

export const listed = (values: readonly number[]): string => values.map(shortened).join(' ');

/** As attributes, which a page has hundreds of. */
export const boundTo = ({ artifact, is, values, at }: Bound): Record<string, string> => ({
  'data-of': `${artifact.id}.${artifact.preset}`,
  'data-is': is,
  ...(values && {
    'data-runs': values.map(([name, runs]) => `${name}: ${listed(runs)}`).join('; '),
  }),
  ...(at && { 'data-at': [at.x.map(shortened).join(' '), at.part].join(' ') }),
});
