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

const whole = (count: number): string => count.toLocaleString('en');

const closely = (error: number): string =>
  error === 0 ? 'to the bit' : `off by ${error.toExponential(1)} at most`;

/** The beginning of a commit's name. */
export const shortCommit = (commit: string): string => commit.slice(0, 7) || 'no commit';

/** Whose code computed what again, and how closely it agreed. */
export function evidenceInWords(evidence: Attestation): string {
  const { commit, evaluated } = evidence;
  const who = `code of ${shortCommit(commit)}`;
  const weights = evaluated
    ? ` and evaluated its weights to the same curves, ${closely(evaluated.relativeError)}`
    : '';
  if ('results' in evidence) {
    return `${who} gave others of the same code again${weights}`;
  }
  const { steps, of, last, relativeError } = evidence;
  const end = last === undefined ? '' : ` and the last ${whole(last)}`;
  return `${who} computed the first ${whole(steps)} of ${whole(of)} steps${end} again, ${closely(relativeError)}${weights && `,${weights}`}`;
}
