import { methodStyle } from '../../drawing/methods.ts';
import { formatRange } from '../../format.ts';

const times = (factor: number): string =>
  factor >= 10 ? String(Math.round(factor)) : factor.toPrecision(2);

const span = (from: string, to: string): string => (from === to ? from : `${from} to ${to}`);

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
  return `is ${span(times(low), times(high))} times as large`;
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

const ordered = (a: readonly number[], b: readonly number[]): boolean =>
  Math.max(...a) < Math.min(...b);

/** `every Mamba run`, `the Mamba run` if there is one, or a baseline's name: nobody trains it. */
const every = (method: string, { length }: readonly number[]): string => {
  const { name, role } = methodStyle(method);
  return role === 'model' ? `${length === 1 ? 'the' : 'every'} ${name} run` : name;
};

/** States which of two methods errs less, as far as the seeds agree on it. */
export function comparison(first: [string, number[]], second: [string, number[]]): string {
  const [[a, left], [b, right]] = [first, second];
  if (ordered(left, right)) return `${every(a, left)} errs less than ${every(b, right)}`;
  if (ordered(right, left)) return `${every(b, right)} errs less than ${every(a, left)}`;
  const [nameA, nameB] = [methodStyle(a).name, methodStyle(b).name];
  if (methodStyle(b).role === 'model') return `the runs of ${nameA} and ${nameB} overlap`;
  return `some runs of ${nameA} err less than ${nameB}, some more`;
}

/** States in how many of the runs the error is at or below a threshold. */
export function reached(values: readonly number[], threshold: number): string {
  const count = values.filter((value) => value <= threshold).length;
  if (count === values.length) return 'in every run';
  return count === 0 ? 'in no run' : `in ${count} of ${values.length} runs`;
}

const percent = (share: number): string => String(Math.round(share * 100));

/** Less than a doubling or a halving is told in percent, more as a factor. */
const IN_PERCENT = 2;

/** States how the error of each run moves between two places, from the run in which it moves least. */
export function change(before: readonly number[], after: readonly number[]): string {
  const factors = after.map((value, i) => value / (before[i] as number));
  const [low, high] = [Math.min(...factors), Math.max(...factors)];
  if (low > 0.95 && high < 1.05) return 'stays where it was';
  if (low >= 1.05) {
    if (high < IN_PERCENT) return `grows by ${span(percent(low - 1), percent(high - 1))}\u00a0%`;
    return `becomes ${span(times(low), times(high))} times as large`;
  }
  if (high <= 0.95) {
    if (low > 1 / IN_PERCENT) return `falls by ${span(percent(1 - high), percent(1 - low))}\u00a0%`;
    return `becomes ${span(times(1 / high), times(1 / low))} times as small`;
  }
  return `ends between ${times(low)} and ${times(high)} times what it was`;
}
