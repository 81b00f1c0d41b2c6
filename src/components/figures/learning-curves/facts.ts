import type { Provenance } from '../../../artifacts/artifact.ts';
import type { LearningCurves } from '../../../artifacts/learning-curves.ts';
import { methodStyle } from '../../drawing/methods.ts';
import { sitePreset } from '../../results/preset.ts';
import type { LearningCurveArtifact } from './read.ts';

export type Curve = LearningCurves['curves'][number];

/** A place on a figure: a method, a distribution of prompts, a number of examples. */
export interface Place {
  method: string;
  /** Distribution of the prompts: `training`, `isotropic`, … */
  on: string;
  /** Examples in context: a count, or a multiple of d such as `2d`. */
  k: number | string;
}

/** Number of examples meant by `2d`, `0.5d` (rounded) or `10`. */
export function examples(data: LearningCurves, k: number | string, where = 'examples'): number {
  const match = /^(\d+(?:\.\d+)?)(d?)$/.exec(String(k));
  if (match) return Math.round(Number(match[1]) * (match[2] ? data.d : 1));
  throw new Error(`${where}: expected k as 10 or 2d, got ${k}; correct the attribute`);
}

/** The curves of a method on one distribution, one a training seed. @throws Error if there is none */
export function curvesOf(data: LearningCurves, method: string, on: string, where: string): Curve[] {
  const curves = data.curves.filter((c) => c.method === method && c.evaluation === on);
  if (curves.length > 0) return curves;
  const known = [...new Set(data.curves.map((c) => `${c.method} on ${c.evaluation}`))];
  throw new Error(
    `${where}: expected curves of ${method} on ${on}, got ${known.join(', ') || 'none'}; ` +
      'correct the attribute or run the experiment again',
  );
}

/**
 * What was measured of a method after some number of examples, one a training seed.
 * @throws Error naming what is there
 */
export function measuredAt<Found extends { method: string; k: number }>(
  all: readonly Found[],
  data: LearningCurves,
  { method, k }: Pick<Place, 'method' | 'k'>,
  where: string,
): Found[] {
  const count = examples(data, k, where);
  const found = all.filter((one) => one.method === method && one.k === count);
  if (found.length > 0) return found;
  const known = [...new Set(all.map((one) => `${one.method} at k = ${one.k}`))];
  throw new Error(
    `${where}: expected ${method} at k = ${count}, got ${known.join(', ') || 'none'}; correct the attribute`,
  );
}

/** Squared error / d at one place, one value a training seed. @throws Error naming what is missing */
export function errorsAt(data: LearningCurves, place: Place, where: string): number[] {
  const k = examples(data, place.k, where);
  return curvesOf(data, place.method, place.on, where).map((curve) => {
    const value = curve.mean[curve.k.indexOf(k)];
    if (value !== undefined) return value;
    throw new Error(
      `${where}: expected a value at k = ${k}, got values at k = ${curve.k.join(', ')}; ` +
        'correct the attribute',
    );
  });
}

export function trainingsOf(
  data: LearningCurves,
  method: string,
  where: string,
): LearningCurves['trainings'] {
  const trainings = data.trainings.filter((training) => training.method === method);
  if (trainings.length > 0) return trainings;
  throw new Error(`${where}: expected trainings of ${method}, got none; correct the attribute`);
}

/** Those of the methods that were trained, of which at a preset other than the site's own some may be yet to come. */
export function trainedOf(
  { preset, data }: LearningCurveArtifact,
  methods: readonly string[],
): readonly string[] {
  const trained = methods.filter((name) => data.trainings.some(({ method }) => method === name));
  return preset === sitePreset() || trained.length === 0 ? methods : trained;
}

/** The architecture that a method is, or is a variant of; a baseline is its own. */
export const architectureOf = (data: LearningCurves, method: string): string =>
  String(data.trainings.find((training) => training.method === method)?.config['model'] ?? method);

/** How a method looks, and its name: as the architecture that it is, or is a variant of. */
export const styleOf = (data: LearningCurves, method: string) =>
  methodStyle(architectureOf(data, method));

/** The distinct values of a property over a method's trainings, such as its number of steps. */
export function trainingValues(
  data: LearningCurves,
  method: string,
  property: 'parameters' | 'steps',
  where: string,
): number[] {
  return [...new Set(trainingsOf(data, method, where).map((training) => training[property]))];
}

/** How long each training of a method ran, from the artifact's provenance: wall time is no result. */
export function trainingSeconds(
  data: LearningCurves,
  inputs: Provenance['inputs'],
  method: string,
  where: string,
): number[] {
  return trainingsOf(data, method, where).map(({ seed }) => {
    const training = inputs[`train/${method}-${seed}`];
    if (training) return training.seconds;
    const known = Object.keys(inputs).join(', ');
    throw new Error(
      `${where}: expected train/${method}-${seed} among the artifact's inputs, got ${known}; ` +
        'run the experiment again',
    );
  });
}

/** Number of trainings of a method, one a seed. */
export const trainingRuns = (data: LearningCurves, method: string, where: string): number =>
  trainingsOf(data, method, where).length;
