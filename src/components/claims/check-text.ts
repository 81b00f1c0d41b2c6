import type { Check } from '../../artifacts/claims.ts';
import { formatError, formatRange } from '../format.ts';

const number = (value: number | null): string => (value === null ? 'none' : formatError(value));

/** `0.036 (0.031–0.042)`: what counts, and from where to where the runs go. */
export function measuredText({ value, values }: Check): string {
  const there = values.filter((one) => one !== null);
  const counts = number(value);
  const range = there.length > 0 ? formatRange(there) : counts;
  return range === counts ? counts : `${counts} (${range})`;
}

export const boundText = ({ is, bound }: Check): string => `${is} ${formatError(bound)}`;
