import { ARCHITECTURES, BACKBONES, createModel } from '../../src/models/index.ts';
import type { ModelConfig, ModelName, TokenModelConfig } from '../../src/models/index.ts';
import { sampleLinearRegression } from '../../src/tasks/linear-regression.ts';
import { regression } from '../../src/training/regression.ts';
import type { RegressionOptions } from '../../src/training/regression.ts';
import { constant } from '../../src/training/schedule.ts';
import type { TrainingHooks, TrainingOptions } from '../../src/training/train.ts';

/** An architecture as small as it goes. */
function shrunk(config: object): object {
  const states = 'd_state' in config && { d_state: 4 };
  const heads = 'n_head' in config && { n_head: 2 };
  const kept = Object.entries(config).filter(([name]) => name !== 'dropout');
  const shape = { n_dims: 3, d_model: 6, n_layer: 1, ...states, ...heads };
  return { ...Object.fromEntries(kept), ...shape };
}

/** One of each architecture. */
export const TINY = Object.fromEntries(
  Object.entries(ARCHITECTURES).map(([name, { sizes }]) => [name, shrunk(sizes.tiny)]),
) as { [Name in ModelName]: Extract<ModelConfig, { model: Name }> };

/** One of each backbone between ends for five tokens, every second with a head of its own. */
export const TINY_TOKENS = Object.fromEntries(
  Object.keys(BACKBONES).map((model, i) => {
    const like = TINY[model === 'gpt2-rotary' ? 'gpt2' : (model as ModelName)];
    const { n_dims: _, ...config } = { ...like, d_model: 8, model };
    return [model, { ...config, vocabulary: 5, tied: i % 2 === 0 }];
  }),
) as { [Name in keyof typeof BACKBONES]: Extract<TokenModelConfig, { model: Name }> };

const fixed = (value: number) => ({ start: value, end: value, by: 1, every: 1 });

/** What tiny trainings draw. */
export const PROMPTS: RegressionOptions = {
  sample: (shape, random) => sampleLinearRegression(shape, random, { inputs: 'isotropic' }),
  d: 3,
  batch: 2,
  curriculum: { dims: fixed(3), points: fixed(4) },
};

/** A training on prompts of four points, whose loss is read every second step. */
export function tinyTraining(name: ModelName, steps: number): TrainingOptions {
  return {
    objective: regression(createModel(TINY[name]), PROMPTS),
    seed: 5,
    steps,
    learningRate: 1e-2,
    schedule: constant,
    lossEvery: 2,
  };
}

/** Hooks that keep nothing, but for those given. */
export const tinyHooks = (given: Partial<TrainingHooks> = {}): TrainingHooks => ({
  signal: new AbortController().signal,
  progress: () => Promise.resolve(),
  checkpoint: { load: () => Promise.resolve(undefined), save: () => Promise.resolve() },
  ...given,
});
