import { methodStyle } from '../../drawing/methods.ts';
import { formatRange } from '../../format.ts';

const times = (factor: number): string =>
  factor >= 10 ? String(Math.round(factor)) : factor.toPrecision(2);

/**
 * How errors compare with others, as the predicate of a sentence: `is 1.3 to 2.1 times as large`.
 * @param paired whether errors[i] and others[i] are of the same run; else every pair counts
 */
export function timesAsMuch(
  errors: readonly number[],
  others: readonly number[],
  paired: boolean,
): string {
  const factors = errors.flatMap((error, i) =>
    (paired ? [others[i]!] : others).map((other) => error / other),
  );
  const [low, high] = [Math.min(...factors), Math.max(...factors)];
  const range = times(low) === times(high) ? times(low) : `${times(low)} to ${times(high)}`;
  return `is ${range} times as large`;
}

/** Methods from least to most error by their median run: `Mamba (0.02–0.03), LSTM (0.4)`. */
export function ranking(
  errors: readonly (readonly [method: string, values: readonly number[]])[],
): string {
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
  return errors
    .toSorted(([, a], [, b]) => median(a) - median(b))
    .map(([method, values]) => `${methodStyle(method).name} (${formatRange(values)})`)
    .join(', ');
}
