import type { Provenance } from '../../../artifacts/artifact.ts';
import type { LearningCurves } from '../../../artifacts/learning-curves.ts';
import type { LearningCurveArtifact } from '../../results/artifacts.ts';
import { sitePreset } from '../../results/preset.ts';
import { methodStyle } from '../../drawing/methods.ts';

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

/** States how the error of each run moves between two places, as the smallest and largest factor. */
export function change(before: readonly number[], after: readonly number[]): string {
  const factors = after.map((value, i) => value / (before[i] as number));
  const [low, high] = [Math.min(...factors), Math.max(...factors)];
  const times = (factor: number): string =>
    factor >= 10 ? String(Math.round(factor)) : factor.toPrecision(2);
  const span = (from: string, to: string): string => (from === to ? from : `${from} to ${to}`);
  if (low >= 1.05) return `grows by a factor of ${span(times(low), times(high))}`;
  if (high <= 0.95) return `falls by a factor of ${span(times(1 / high), times(1 / low))}`;
  if (low > 0.95 && high < 1.05) return 'stays where it was';
  return `changes by a factor between ${times(low)} and ${times(high)}`;
}
