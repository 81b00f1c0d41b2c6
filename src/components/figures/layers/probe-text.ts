import { formatError, formatRange } from '../../format.ts';
import { halvedAt, lastStep, layerOf, lowestAt, straightness } from './probes.ts';
import type { Probe, ProbedLayer } from './probes.ts';

/** What a sentence may say of the probes of a model's layers. */
export type ProbeFact =
  /** A quantity on one layer: of the fitted line, its error and its standard deviation between functions. */
  | { layer: ProbedLayer; is?: 'error' | 'scale' | 'shift' | 'scaleSpread' }
  /** `halved`: in which layer the error is first below half of that of the first. `lastStep`: by what the last divides it. */
  | { layer?: undefined; is: 'straightness' | 'halved' | 'lastStep' | 'lowest' };

const percent = (share: number): string => `${Math.round(share * 100)}\u00a0%`;
const nearZero = (value: number): string => (Math.abs(value) < 0.005 ? '0' : formatError(value));

function halvedText(probes: readonly Probe[]): string {
  const layers = probes.map(halvedAt).filter((layer) => layer !== undefined);
  if (layers.length === 0) return 'in no layer';
  const range = `in layer ${[...new Set(layers)].sort((a, b) => a - b).join(' or ')}`;
  if (layers.length === probes.length) return range;
  return `${range} (in ${layers.length} of ${probes.length} runs)`;
}

type OnLayer = Extract<ProbeFact, { layer: ProbedLayer }>;

const READ = {
  error: ({ error }: Probe['layers'][number]) => error.mean,
  scale: ({ scale }: Probe['layers'][number]) => scale.mean,
  shift: ({ shift }: Probe['layers'][number]) => shift.mean,
  scaleSpread: ({ scale }: Probe['layers'][number]) => scale.sd,
};

const onLayer = (probes: readonly Probe[], { layer, is = 'error' }: OnLayer): number[] =>
  probes.map((probe) => READ[is](layerOf(probe, layer)));

/** The fact as a number of each run; undefined where it is a place. */
export function probeValues(probes: readonly Probe[], fact: ProbeFact): number[] | undefined {
  if (fact.layer !== undefined) return onLayer(probes, fact);
  if (fact.is === 'straightness') return probes.map(straightness);
  return fact.is === 'lastStep' ? probes.map(lastStep) : undefined;
}

const NAMES = {
  error: 'squared error / d',
  scale: 'scale of the fitted line',
  shift: 'shift of the fitted line',
  scaleSpread: 'standard deviation of the scale between functions',
  straightness: 'R² of a line through the logarithm of the error against depth',
  halved: 'layer whose error is first below half of the first one’s',
  lastStep: 'error of the layer before the last over the last one’s',
  lowest: 'layer that errs least',
};

/** What the fact is. */
export const probeWords = ({ layer, is = 'error' }: ProbeFact): string =>
  `${NAMES[is]}${layer === undefined ? '' : `, ${layer} layer`}`;

/** The fact over all runs, as it stands in a sentence. */
export function probeText(probes: readonly Probe[], fact: ProbeFact): string {
  if (fact.layer !== undefined)
    return formatRange(onLayer(probes, fact), fact.is === 'shift' ? nearZero : formatError);
  switch (fact.is) {
    case 'straightness':
      return formatRange(probes.map(straightness), percent);
    case 'halved':
      return halvedText(probes);
    case 'lastStep':
      return formatRange(probes.map(lastStep));
    case 'lowest':
      return lowestAt(probes);
  }
}
