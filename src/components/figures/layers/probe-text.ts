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
  const range = `in layer ${formatRange(layers, String)}`;
  if (layers.length === probes.length) return range;
  return `${range} (in ${layers.length} of ${probes.length} runs)`;
}

/** The fact over all runs, as it stands in a sentence. */
export function probeText(probes: readonly Probe[], fact: ProbeFact): string {
  if (fact.layer === undefined) {
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
  const layers = probes.map((probe) => layerOf(probe, fact.layer));
  switch (fact.is ?? 'error') {
    case 'scaleSpread':
      return formatRange(layers.map(({ scale }) => scale.sd));
    case 'scale':
      return formatRange(layers.map(({ scale }) => scale.mean));
    case 'shift':
      return formatRange(
        layers.map(({ shift }) => shift.mean),
        nearZero,
      );
    case 'error':
      return formatRange(layers.map(({ error }) => error.mean));
  }
}
