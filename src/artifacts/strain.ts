import type { Check } from './claims.ts';

type Bounded = Pick<Check, 'value' | 'is' | 'bound'>;

const isUpper = ({ is }: Pick<Check, 'is'>): boolean => is === 'at most' || is === 'less than';

const isStrict = ({ is }: Pick<Check, 'is'>): boolean => is.endsWith('than');

/**
 * How many times as generous the bound must be for a value to reach it exactly: below 1 there is room, above 1 it is
 * missed. 0 where any bound of its sign would do, Infinity where none would.
 */
export function strain({ value, is, bound }: Bounded): number {
  if (value === null) return Infinity;
  const [small, large] = isUpper({ is }) ? [value, bound] : [bound, value];
  if (large <= 0) return (isStrict({ is }) ? small < large : small <= large) ? 0 : Infinity;
  return Math.max(0, small) / large;
}

/** Whether every check passes where bounds are `tolerance` times as generous as they were set down. */
export const passes = (checks: readonly Bounded[], tolerance = 1): boolean =>
  checks.every((check) => {
    const needed = strain(check);
    return isStrict(check) ? needed < tolerance : needed <= tolerance;
  });
