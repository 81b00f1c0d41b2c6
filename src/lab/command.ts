import type { ParseArgsOptionsConfig } from 'node:util';
import { presets } from '../artifacts/artifact.ts';
import type { Preset } from '../artifacts/artifact.ts';
import { BACKEND_NAMES } from '../runtime/runtime.ts';
import type { BackendName } from '../runtime/runtime.ts';

type Values = Readonly<Record<string, string | boolean | string[] | undefined>>;

/** Arguments of a command, as parsed and named by its `options`. */
export interface Invocation {
  ids: string[];
  values: Values;
  /** As the user typed it, for provenance. */
  line: string;
}

export interface Command {
  /** What follows the command's name. */
  usage: string;
  /** What `--help` adds: its options, what to know. */
  notes: string;
  options: ParseArgsOptionsConfig;
  /** @returns the exit status */
  run(invocation: Invocation): Promise<number>;
}

/** Signals that ask a program to end: a run then saves checkpoints. */
export const STOPS: readonly string[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A mistake in the command line: answered with the usage and exit status 2. */
export class UsageError extends Error {}

function oneOf<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((item) => item === value);
  if (found !== undefined) return found;
  const text = String(value);
  throw new UsageError(
    `--${name}: expected one of ${known.join(', ')}, got ${text}${didYouMean(text, known)}`,
  );
}

/** `; did you mean status?`, or nothing where no known word is near. */
export function didYouMean(text: string, known: readonly string[]): string {
  const near = known
    .map((word) => ({ word, edits: edits(text, word) }))
    .filter(({ word, edits }) => edits <= Math.max(1, Math.floor(word.length / 3)))
    .toSorted((a, b) => a.edits - b.edits)[0];
  return near === undefined ? '' : `; did you mean ${near.word}?`;
}

/** Least number of letters to add, drop, change, or swap with the next, from `a` to `b`. */
function edits(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? at(i - 2, j - 2) + 1 : Infinity;
      rows[i]?.push(Math.min(change, swap, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}

/** The presets, as a usage line names them. */
export const PRESETS = presets.join('|');

/** The preset that is asked for, by option or by an id such as `counting.smoke/add`. */
export function presetOption({ preset }: Values, ids: readonly string[] = []): Preset {
  const named = ids.map(presetIn).find((own) => own !== undefined);
  return oneOf('preset', preset ?? named ?? 'small', presets);
}

/** The preset in an id as everything prints it: `<experiment>.<preset>[/<node>]`. */
export const presetIn = (id: string): string | undefined => id.split('/')[0]?.split('.')[1];

export const backendOption = ({ backend }: Values): BackendName | undefined =>
  backend === undefined ? undefined : oneOf('backend', backend, BACKEND_NAMES);

/** Refuses arguments besides options, which would be ignored. */
export function optionsOnly({ ids }: Invocation): void {
  if (ids.length > 0) throw new UsageError(`expected options only, got ${ids.join(' ')}`);
}

export function wholeNumber(name: string, value: unknown, least: number): number {
  const count = Number(value);
  if (value !== '' && Number.isInteger(count) && count >= least) return count;
  throw new UsageError(`--${name}: expected a whole number from ${least}, got ${String(value)}`);
}

export function decimal(name: string, value: unknown, least: number): number {
  const number = Number(value);
  if (value !== '' && Number.isFinite(number) && number >= least) return number;
  throw new UsageError(`--${name}: expected a number from ${least}, got ${String(value)}`);
}

export const jobsOption = ({ jobs }: Values): number => wholeNumber('jobs', jobs ?? 1, 1);

/** Names of language models, each given once. @throws UsageError for what is no name on the hub */
export function modelOption({ model }: Values): string[] {
  const names = Array.isArray(model) ? [...new Set(model)] : [];
  const wrong = names.find((name) => !/^[\w.-]+\/[\w.-]+(@[\w./-]+)?$/.test(name));
  if (wrong === undefined) return names;
  throw new UsageError(`--model: expected owner/name or owner/name@revision, got ${wrong}`);
}

export const executorOption = ({ executor }: Values): 'local' | 'slurm' =>
  oneOf('executor', executor ?? 'local', ['local', 'slurm']);

const NOT_FRESH = 3;

/** Exit status of `status --check`: 0 where all is fresh, 3 where anything is stale or missing. */
export const checkStatus = ({ check }: Values, states: readonly string[]): number =>
  check === true && states.some((state) => state !== 'fresh') ? NOT_FRESH : 0;
