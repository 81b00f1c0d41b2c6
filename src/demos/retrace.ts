import { formatError, formatInteger } from '../components/format.ts';

/** The loss at a step of a reader's training and of the published one. */
export interface LossPair {
  step: number;
  here: number;
  there: number;
}

const apart = ({ here, there }: LossPair): number => Math.abs(here / there - 1);

function percentText(share: number): string {
  if (share === 0) return 'to the last digit';
  if (share < 1e-5) return 'within 0.001 %';
  return `within ${(100 * share).toPrecision(2)} %`;
}

/** How closely a training follows the published one, in a sentence. Rounding grows as a training goes on. */
export function retraceText(pairs: readonly LossPair[]): string {
  const last = pairs.at(-1);
  if (!last) return 'No loss to compare yet.';
  const worst = Math.max(...pairs.map(apart));
  const places = pairs.length === 1 ? '' : ` at all ${pairs.length} places so far`;
  return (
    `At step ${formatInteger(last.step)} the loss is ${formatError(last.here)} here and ` +
    `${formatError(last.there)} in the published run; they agree ${percentText(worst)}${places}.`
  );
}
