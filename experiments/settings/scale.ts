import type { Preset } from '../../src/artifacts/artifact.ts';
import type { ModelName } from '../../src/models/index.ts';
import type { FunctionClass } from '../graphs/function-class.ts';
import type { ModelRun } from '../graphs/training.ts';
import { SCALES } from './scales.ts';
import type { Scale } from './scales.ts';

export const scaleOf = (preset: Preset): Scale => SCALES[preset];

/** What a class of functions takes over from its scale as it is: plain data, which an artifact records. */
export const settingOf = ({
  d,
  seeds,
  lossEvery,
}: Scale): Pick<FunctionClass, 'd' | 'seeds' | 'lossEvery'> => ({ d, seeds, lossEvery });

/**
 * A training on contexts of `examples` · d examples: dimensions and points grow together to their ends, points from
 * about a quarter of theirs as in the paper (11 of 41, 26 of 101).
 */
export function modelRun(
  scale: Scale,
  name: ModelName,
  examples: number,
  changes: Partial<ModelRun> = {},
): ModelRun {
  const { d, firstDims, growEvery: every, batch, warmup } = scale;
  const config = scale.configs[name];
  if (!config) throw new Error(`scale: expected a configuration of ${name}, got none; add it`);
  const growths = d - firstDims;
  const end = examples * d + 1;
  return {
    config: { ...config, n_dims: d },
    steps: Math.round(scale.steps(examples) * (scale.own[name]?.longer ?? 1)),
    learningRate: scale.own[name]?.learningRate ?? scale.learningRate,
    schedule: 'cosine',
    ...(warmup !== undefined && { warmup }),
    batch,
    curriculum: {
      dims: { start: firstDims, end: d, by: 1, every },
      points: { start: end - examples * growths, end, by: examples, every },
    },
    ...changes,
  };
}

/** Examples 0, 1, …, to · d, and from there every multiple of d until `last` · d. */
const grid = (d: number, to: number, last: number): number[] => [
  ...Array.from({ length: to * d + 1 }, (_, k) => k),
  ...Array.from({ length: last - to }, (_, i) => (to + 1 + i) * d),
];

/** As published: 90 % intervals from 1,000 bootstrap trials (content/methods.mdx, Evaluation). */
export const INTERVAL = { confidence: 0.9, bootstrapTrials: 1000 };

/** The published evaluation: contexts of up to 25 d examples, 500 of d = 20. */
export const evaluationOf = ({
  d,
  prompts,
  batch,
  together = batch,
}: Scale): FunctionClass['evaluation'] => ({
  points: 25 * d + 1,
  k: grid(d, 5, 25),
  queriedK: grid(d, 3, 12),
  prompts,
  batch: together,
  seed: 1000,
});

/** Probes and permutations at contexts of these multiples of d. */
export const mechanismsOf = (
  { d, probed, permutations }: Scale,
  examples: readonly number[],
): Required<Pick<FunctionClass, 'probe' | 'order'>> => ({
  /** m = 10, n = 40, 128 functions, 95 % intervals (the paper's section 3.2). */
  probe: {
    k: examples.map((multiple) => multiple * d),
    tasks: probed,
    fitted: 10,
    tested: 40,
    seed: 2000,
    interval: { confidence: 0.95, trials: 10_000, seed: 2001 },
  },
  order: {
    k: examples.map((multiple) => multiple * d),
    prompts: 2 * probed,
    permutations,
    seed: 3000,
    interval: { confidence: 0.9, trials: 1000, seed: 3001 },
  },
});

/** The presets at which every function class is measured. */
export type Everywhere = 'smoke' | 'small' | 'paper';

/** One function class at every preset that is for all, and at those that are named. */
export function atEveryScale<More extends Preset = never>(
  make: (scale: Scale, preset: Preset) => FunctionClass,
  ...more: More[]
): Record<Everywhere | More, FunctionClass> {
  const at = ['smoke', 'small', ...more, 'paper'] as const;
  return Object.fromEntries(at.map((preset) => [preset, make(scaleOf(preset), preset)])) as Record<
    (typeof at)[number],
    FunctionClass
  >;
}
