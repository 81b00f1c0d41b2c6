import { z } from 'zod';

/** Results come out of float32 arithmetic: beyond its range there are none. */
const MOST = 3.5e38;

/** A number that was measured or computed. */
export const real = z.number().min(-MOST).max(MOST);

/** A number of things of which there is at least one. */
export const count = z.int().positive();

/** Strictly ascending whole numbers from 0, such as numbers of examples. */
export const ascendingCounts = z
  .array(z.int().nonnegative())
  .refine(ascends, { error: 'expected ascending numbers' });

export const ascending = z.array(real).refine(ascends, { error: 'expected ascending numbers' });

function ascends(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > (values[i - 1] as number));
}

/** Check of an object: the named lists are columns of one table. */
export const equalLengths = <Name extends string>(...names: readonly Name[]) =>
  [
    (table: Readonly<Record<Name, readonly unknown[]>>): boolean =>
      new Set(names.map((name) => table[name].length)).size === 1,
    { error: `expected columns of equal length: ${names.join(', ')}` },
  ] as const;

interface Interval<T> {
  low: T;
  high: T;
}

/** Check of an object with an interval, or a column of them. */
export const lowBelowHigh = [
  ({ low, high }: Interval<number> | Interval<readonly number[]>): boolean =>
    [low].flat().every((end, i) => end <= ([high].flat()[i] ?? Infinity)),
  { error: 'expected low to be at most high', path: ['low'] as string[] },
] as const;
