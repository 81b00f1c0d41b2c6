import type { Check, Claim } from '../../src/artifacts/claims.ts';
import type { Evidence, Place } from './evidence.ts';

/** What came out: the criterion in numbers, which decides, and the numbers in words. */
export interface Finding {
  checks: Check[];
  ours: string;
  remark?: string;
}

/** A claim with its criterion, in words and as a test over artifacts. */
export interface ClaimTest extends Pick<
  Claim,
  'id' | 'claim' | 'source' | 'criterion' | 'published'
> {
  /** @throws NotRun where an artifact lacks what it needs */
  test(evidence: Evidence): Finding;
  /** The same of published numbers, where those alone decide it. */
  ofPublished?(evidence: Evidence): Finding;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
};

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * A condition on what the runs measured.
 * @param of what that is, in a few words
 * @param value what of the runs' values is held against the bound
 */
export const check = (
  of: string,
  values: readonly number[],
  is: Check['is'],
  bound: number,
  value: number = median(values),
): Check => ({ of, values: values.map(orNull), value: orNull(value), is, bound });

/** The least value that at least `share` of all do not exceed. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length - 1e-9) - 1]!;

export const last = <T>(values: readonly T[]): T => values[values.length - 1]!;

const METHODS: Record<string, string> = {
  mamba: 'Mamba',
  gpt2: 'Transformer',
  s4d: 'S4D',
  rwkv4: 'RWKV-4',
  lstm: 'LSTM',
  mambaformer: 'MambaFormer',
  'mamba-4d': 'Mamba trained to 4d',
  'mamba-8d': 'Mamba trained to 8d',
  'gpt2-4d': 'Transformer trained to 4d',
  'gpt2-8d': 'Transformer trained to 8d',
  'mamba-noise': 'Mamba trained with noisy states',
  'mamba-one-tap': 'Mamba without its convolution',
  'gpt2-rotary': 'Transformer with positions',
  unigram: 'counts of tokens',
  'least-squares': 'least squares',
  'greedy-tree': 'greedy tree',
  'boosted-trees': 'boosted trees',
  network: 'network by Adam',
};
export const nameOf = (method: string): string => METHODS[method] ?? method;

/** Two significant digits: 0.071, 1.3, 3.1e-5. */
export const number = (value: number): string => {
  if (!Number.isFinite(value)) return 'nowhere';
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(2)));
};

/** `Mamba 0.071 (0.067 to 0.079)`: median and range over seeds. */
export function shown(method: string, values: readonly number[]): string {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map(
    number,
  );
  return `${nameOf(method)} ${middle}${low === high ? '' : ` (${low} to ${high})`}`;
}

/** A baseline whose answer to no examples is 0, by experiment; others have least squares. */
const SILENT: Record<string, string> = { 'decision-tree': 'nearest-neighbours' };

/** Error of predicting 0, in squared error / d: the unit of criteria. */
export const ofNothing = (evidence: Evidence, { of, on }: Pick<Place, 'of' | 'on'>): number =>
  median(
    evidence.errors({ of, method: SILENT[of] ?? 'least-squares', ...(on ? { on } : {}), k: 0 }),
  );

/** The error of each run, less that of least squares on the same prompts. */
export function gaps(evidence: Evidence, place: Place): number[] {
  const least = median(evidence.errors({ ...place, method: 'least-squares' }));
  return evidence.errors(place).map((error) => error - least);
}

/** Their median over seeds. */
export const gap = (evidence: Evidence, place: Place): number => median(gaps(evidence, place));

/** `Mamba over least squares`: what gaps are of. */
export const overLeast = (method: string): string => `${nameOf(method)} over least squares`;
