import type { Preset } from '../../src/artifacts/artifact.ts';
import { backbonesOf } from '../../src/models/index.ts';
import type { BackboneConfigs, ModelName } from '../../src/models/index.ts';

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
  /** Steps in which learning rates grow to their peak; none if absent. */
  warmup?: number;
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
  /** Prompts that are evaluated together; `batch` if absent. WebAssembly has 4 GiB. */
  together?: number;
  /** Functions that are probed, and prompts and permutations of their contexts. */
  probed: number;
  permutations: number;
}

/**
 * A quarter of d and of the width, a curriculum that is over at step 600. Learning rates were chosen by the
 * training loss of short runs (LOG.md, 2026-11-24): what suits Mamba keeps the Transformer on the plateau of
 * predicting nothing. The Transformer learns later, and gets more steps; longer contexts cost more a step, and get
 * fewer, so that no training takes more than 20 minutes. One seed of every class comes before more of any; skewed
 * linear regression has three.
 */
const SMALL: Scale = {
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
};

export const SCALES: Record<Preset, Scale> = {
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
  small: SMALL,
  /**
   * `small` four times as long, the same number of steps for every architecture, with the settings that the pilots
   * chose for each (experiments/pilots.ts). Five seeds, of which none was a pilot's.
   */
  long: {
    ...SMALL,
    seeds: [1, 2, 3, 4, 5],
    lossEvery: 400,
    steps: () => 48_000,
    learningRate: 4e-3,
    warmup: 500,
    own: { gpt2: { learningRate: 1e-3 }, s4d: { learningRate: 8e-3 } },
    configs: {
      ...SMALL.configs,
      s4d: { model: 's4d', d_model: 116, n_layer: 4, d_state: 64 },
    },
  },
  /**
   * The published task for minutes of one GPU: a tenth of the published parameters, so that the state of a training
   * travels (12 MB), and a curriculum that takes its first seventh. One rate and one warm-up for all, none of them
   * tuned, and S4 without dropout. Seeds in turn: the second is dropped where no time was left for all of it.
   */
  medium: {
    d: 20,
    seeds: [1],
    lossEvery: 500,
    batch: 64,
    steps: () => 30_000,
    growEvery: 300,
    learningRate: 1e-3,
    warmup: 1000,
    own: {},
    firstDims: 5,
    configs: {
      mamba: { model: 'mamba', d_model: 128, n_layer: 8, d_state: 16, d_conv: 4, expand: 2 },
      gpt2: { model: 'gpt2', d_model: 128, n_layer: 5, n_head: 4 },
      s4d: { model: 's4d', d_model: 208, n_layer: 8, d_state: 64 },
      rwkv4: { model: 'rwkv4', d_model: 112, n_layer: 6 },
    },
    largeTrainings: false,
    prompts: 320,
    together: 16,
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
