import type { ParseArgsOptionsConfig } from 'node:util';
import { presets } from '../artifacts/artifact.ts';
import type { Preset } from '../artifacts/artifact.ts';
import { BACKEND_NAMES } from '../runtime/runtime.ts';
import type { BackendName } from '../runtime/runtime.ts';

type Values = Readonly<Record<string, string | boolean | undefined>>;

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
  throw new UsageError(`--${name}: expected one of ${known.join(', ')}, got ${String(value)}`);
}

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

export const jobsOption = ({ jobs }: Values): number => wholeNumber('jobs', jobs ?? 1, 1);

export const executorOption = ({ executor }: Values): 'local' | 'slurm' =>
  oneOf('executor', executor ?? 'local', ['local', 'slurm']);
