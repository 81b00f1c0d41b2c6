import { z } from 'zod';
import { sha256 } from './sha256.ts';

const relativeError = z.number().nonnegative();

const shared = {
  /** The commit whose code computed it again, and when. */
  commit: z.string(),
  at: z.iso.datetime(),
  /** Hash of the code for which it stands in. */
  code: sha256,
  /** The committed weights, evaluated again: on how many distributions, and how far the worst was off. */
  evaluated: z.strictObject({ curves: z.int().positive(), relativeError }).optional(),
};

/** Evidence that code other than that which made a result would make it. */
export const attestation = z.union([
  /** It computed the beginning of the result again. */
  z.strictObject({
    ...shared,
    /** Steps computed again, of how many, and how far what they gave was off, relative to it. */
    steps: z.int().nonnegative(),
    of: z.int().nonnegative(),
    /** Steps computed again at the end, up to the weights. */
    last: z.int().positive().optional(),
    relativeError,
    /** On what, and by which implementation of operations. */
    adapter: z.string(),
    implementation: z.string().optional(),
  }),
  /** It agreed with other results that the same code had made: all of them, or their beginning. */
  z.strictObject({ ...shared, results: z.int().positive() }),
]);
export type Attestation = z.infer<typeof attestation>;

const steps = (count: number): string => count.toLocaleString('en');

const off = (error: number): string =>
  error === 0 ? 'to the bit' : `off by ${error.toExponential(1)} at most`;

/** What was computed again, and how closely it agreed. */
export function evidenceInWords(evidence: Attestation): string {
  const { evaluated } = evidence;
  const what =
    'results' in evidence
      ? `${evidence.results === 1 ? 'another result' : `${evidence.results} other results`} of its code came out the same`
      : [
          `the first ${steps(evidence.steps)} of ${steps(evidence.of)} steps`,
          ...(evidence.last === undefined ? [] : [`the last ${steps(evidence.last)}`]),
        ].join(' and ') + ` ${off(evidence.relativeError)}`;
  if (!evaluated) return what;
  return `${what}; its weights evaluated again ${off(evaluated.relativeError)}`;
}
