import type { Files } from '../experiment.ts';

/** A number of an output that is off most. */
export interface Difference {
  file: string;
  /** Where in it, such as `training.mean[7]`. */
  at: string;
  here: number;
  there: number;
  /** |here - there|, relative to the largest number of the same list. */
  relativeError: number;
}

/** How outputs compare with recorded ones. */
export type Verdict =
  | { kind: 'same' }
  | { kind: 'within' | 'differs'; tolerance: number; numbers: number; worst: Difference };

/**
 * Compares outputs with recorded ones: every number of those that are JSON, the bytes of others. Values that are no
 * numbers have to be equal.
 */
export function compare(here: Files, there: Files, tolerance: number): Verdict {
  const isText = (name: string): boolean => name.endsWith('.json');
  const texts = Object.keys(there).filter(isText);
  const others = Object.keys(there).filter((name) => !isText(name));
  const found = texts.flatMap((file) =>
    differences({ file, at: '' }, parse(here[file]), parse(there[file])),
  );
  const worst = found.reduce((a, b) => (b.relativeError > a.relativeError ? b : a), NOTHING);
  const equal = others.every((name) => here[name] && sameBytes(here[name], there[name]!));
  if (equal && worst.relativeError <= 0) return { kind: 'same' };
  const kind = found.length > 0 && worst.relativeError <= tolerance ? 'within' : 'differs';
  return { kind, tolerance, numbers: found.length, worst };
}

/** Where there is not one number to compare. */
const NOTHING: Difference = { file: '', at: '', here: NaN, there: NaN, relativeError: -Infinity };

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

function parse(bytes: Uint8Array | undefined): unknown {
  return bytes && JSON.parse(new TextDecoder().decode(bytes));
}

type Place = Pick<Difference, 'file' | 'at'>;

function differences(place: Place, here: unknown, there: unknown, scale?: number): Difference[] {
  if (typeof there === 'number') return [offBy(place, here, there, scale ?? Math.abs(there))];
  if (typeof there !== 'object' || there === null)
    return here === there ? [] : [offBy(place, here, NaN, 1)];
  const others = (typeof here === 'object' && here !== null ? here : {}) as Record<string, unknown>;
  const numbers = Object.values(there).filter((value) => typeof value === 'number');
  const largest = Array.isArray(there) ? Math.max(...numbers.map(Math.abs)) : undefined;
  const longer = Array.isArray(there) && Array.isArray(here) && here.length > there.length;
  return [
    ...(longer
      ? [offBy({ ...place, at: `${place.at}.length` }, here.length, there.length, 0)]
      : []),
    ...Object.entries(there).flatMap(([name, value]) => {
      const at = Array.isArray(there) ? `${place.at}[${name}]` : `${place.at}.${name}`;
      return differences({ ...place, at: at.replace(/^\./, '') }, others[name], value, largest);
    }),
  ];
}

/** What is not there, or no number, is infinitely far off. */
function offBy(place: Place, here: unknown, there: number, scale: number): Difference {
  const value = typeof here === 'number' ? here : NaN;
  const error = value === there ? 0 : Math.abs(value - there) / scale;
  return { ...place, here: value, there, relativeError: Number.isNaN(error) ? Infinity : error };
}
