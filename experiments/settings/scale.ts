import type { Preset } from '../../src/artifacts/artifact.ts';
import { backbonesOf } from '../../src/models/index.ts';
import type { BackboneConfigs, ModelName } from '../../src/models/index.ts';
import type { FunctionClass } from '../graphs/function-class.ts';
import type { ModelRun } from '../graphs/training.ts';

/**
 * What the experiments of one preset share: the published setting (content/methods.mdx) or its scaled-down
 * copies. Lengths are multiples of d at every scale.
 */
export interface Scale {
  d: number;
  seeds: number[];
  lossEvery: number;
  batch: number;
  /** Training steps on contexts of this many times d examples. */
  steps(examples: number): number;
  /** Steps between two growths of the curriculum. */
  growEvery: number;
  learningRate: number;
  /** Where an architecture's training differs: its learning rate, and a factor on its steps. */
  own: { [Name in ModelName]?: { learningRate: number; longer?: number } };
  /** First number of active dimensions. */
  firstDims: number;
  /** Without `n_dims`, which is d. */
  configs: Partial<BackboneConfigs>;
  /**
   * Whether trainings take hours: their weights are for the store, not for a repository, and each says at which step
   * it ends, so that another part can go on from there.
   */
  largeTrainings: boolean;
  prompts: number;
  /** Functions that are probed, and prompts and permutations of their contexts. */
  probed: number;
  permutations: number;
}

const SCALES: Record<Preset, Scale> = {
  /** Every code path, nothing learnt: seconds a training. */
  smoke: {
    d: 3,
    seeds: [1],
    lossEvery: 20,
    batch: 16,
    steps: () => 60,
    growEvery: 20,
    learningRate: 3e-3,
    own: {},
    firstDims: 1,
    configs: {
      mamba: { model: 'mamba', d_model: 16, n_layer: 2, d_state: 16, d_conv: 4, expand: 2 },
      gpt2: { model: 'gpt2', d_model: 16, n_layer: 2, n_head: 2 },
      s4d: { model: 's4d', d_model: 16, n_layer: 2, d_state: 16 },
      rwkv4: { model: 'rwkv4', d_model: 16, n_layer: 2 },
      lstm: { model: 'lstm', d_model: 16, n_layer: 2 },
      mambaformer: {
        model: 'mambaformer',
        d_model: 16,
        n_layer: 1,
        n_head: 2,
        d_state: 16,
        d_conv: 4,
        expand: 2,
      },
    },
    largeTrainings: false,
    prompts: 32,
    probed: 16,
    permutations: 3,
  },
  /**
   * A quarter of d and of the width, a curriculum that is over at step 600. Learning rates were chosen by the
   * training loss of short runs (LOG.md, 2026-11-24): what suits Mamba keeps the Transformer on the plateau of
   * predicting nothing. The Transformer learns later, and gets more steps; longer contexts cost more a step, and get
   * fewer, so that no training takes more than 20 minutes. One seed of every class comes before more of any; skewed
   * linear regression has three.
   */
  small: {
    d: 5,
    seeds: [1, 2, 3],
    lossEvery: 100,
    batch: 64,
    steps: (examples) => ({ 2: 12_000, 4: 8000, 5: 6000, 8: 5000 })[examples] ?? 12_000,
    growEvery: 200,
    learningRate: 4e-3,
    own: { gpt2: { learningRate: 1e-3, longer: 4 / 3 } },
    firstDims: 2,
    configs: {
      mamba: { model: 'mamba', d_model: 64, n_layer: 4, d_state: 16, d_conv: 4, expand: 2 },
      gpt2: { model: 'gpt2', d_model: 64, n_layer: 4, n_head: 4 },
      s4d: { model: 's4d', d_model: 116, n_layer: 4, d_state: 64, dropout: 0.1 },
      rwkv4: { model: 'rwkv4', d_model: 56, n_layer: 4 },
      lstm: { model: 'lstm', d_model: 72, n_layer: 4 },
      mambaformer: {
        model: 'mambaformer',
        d_model: 64,
        n_layer: 3,
        n_head: 4,
        d_state: 16,
        d_conv: 4,
        expand: 2,
      },
    },
    largeTrainings: false,
    prompts: 1280,
    probed: 128,
    permutations: 16,
  },
  /**
   * As published; S4's learning rate is another (content/reproduction-notes.mdx, Dropout and learning rates). For a
   * GPU, resumable. One seed of every class comes before more of any.
   */
  paper: {
    d: 20,
    seeds: [1],
    lossEvery: 1000,
    batch: 64,
    steps: () => 500_001,
    growEvery: 2000,
    learningRate: 1e-4,
    own: { s4d: { learningRate: 1e-3 } },
    firstDims: 5,
    configs: backbonesOf('standard'),
    largeTrainings: true,
    prompts: 1280,
    probed: 128,
    permutations: 16,
  },
};
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
  const { d, firstDims, growEvery: every, batch } = scale;
  const config = scale.configs[name];
  if (!config) throw new Error(`scale: expected a configuration of ${name}, got none; add it`);
  const growths = d - firstDims;
  const end = examples * d + 1;
  return {
    config: { ...config, n_dims: d },
    steps: Math.round(scale.steps(examples) * (scale.own[name]?.longer ?? 1)),
    learningRate: scale.own[name]?.learningRate ?? scale.learningRate,
    schedule: 'cosine',
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
export const evaluationOf = ({ d, prompts, batch }: Scale): FunctionClass['evaluation'] => ({
  points: 25 * d + 1,
  k: grid(d, 5, 25),
  queriedK: grid(d, 3, 12),
  prompts,
  batch,
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

/** One function class at every preset. */
export const atEveryScale = (
  make: (scale: Scale, preset: Preset) => FunctionClass,
): Record<Preset, FunctionClass> => {
  const at = (preset: Preset): FunctionClass => make(scaleOf(preset), preset);
  return { smoke: at('smoke'), small: at('small'), paper: at('paper') };
};
