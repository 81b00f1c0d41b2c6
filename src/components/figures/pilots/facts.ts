import type { Pilots } from '../../../artifacts/pilots.ts';
import { ascending } from '../../drawing/values.ts';

export type Pilot = Pilots['runs'][number];
type Settings = Omit<Pilot, 'error' | 'last' | 'method'>;

export const ratesOf = ({ runs }: Pilots): number[] =>
  ascending(runs.map(({ learningRate }) => learningRate));

/** The runs of a method that differ by their learning rate alone, from the lowest up. */
export function variantsOf({ runs }: Pilots, method: string): { name: string; runs: Pilot[] }[] {
  const own = runs.filter((run) => run.method === method);
  return [...Map.groupBy(own, variantName)].map(([name, variant]) => ({
    name,
    runs: variant.toSorted((a, b) => a.learningRate - b.learningRate),
  }));
}

/** Of a model with dropout, how much of it; of others, whether there is a warm-up. */
export const variantName = ({ warmup, dropout }: Settings): string => {
  if (dropout !== undefined) return dropout === 0 ? 'no dropout' : `dropout ${dropout}`;
  return warmup === 0 ? 'no warm-up' : 'warm-up';
};

/** 0.004 */
export const formatRate = (rate: number): string => String(rate);

/** The run whose settings were chosen. @throws Error where there is none of the method */
export function chosenOf({ runs, chosen }: Pilots, method: string): Pilot {
  const settings = chosen[method];
  const found = runs.find(
    (run) =>
      run.method === method &&
      run.learningRate === settings?.learningRate &&
      run.warmup === settings.warmup &&
      run.dropout === settings.dropout,
  );
  if (found) return found;
  const known = Object.keys(chosen).join(', ');
  throw new Error(`pilots: expected one of ${known}, got ${method}; correct it`);
}
