import type { Preset } from '../src/artifacts/artifact.ts';
import { pilots } from '../src/artifacts/pilots.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import type { ModelName } from '../src/models/index.ts';
import { choosePilots } from './nodes/choose-pilots.ts';
import { pointOf } from './graphs/point.ts';
import { modelRun, scaleOf } from './settings/scale.ts';
import { moduleOf } from './graphs/training.ts';
import type { ModelRun } from './graphs/training.ts';

const TASK = { task: 'linear-regression', inputs: 'skewed' } as const;
const METHODS: readonly ModelName[] = ['mamba', 'gpt2', 's4d', 'rwkv4', 'lstm', 'mambaformer'];

/** Neither is used by any other experiment. */
const [SEED, PROMPT_SEED] = [11, 1100];

interface Grid {
  steps: number;
  learningRates: number[];
  /** Steps of warm-up: as long in the trainings for which settings are chosen. */
  warmup: number;
}

/** What a cell of the grid changes besides the learning rate. */
interface Variant {
  warmup: number;
  dropout?: number;
}

/**
 * With and without warm-up; S4, which alone is published with dropout, with and without that, and always with the
 * warm-up, so that each architecture has as many cells.
 */
const variantsOf = (method: ModelName, warmup: number): Variant[] =>
  method === 's4d'
    ? [0.1, 0].map((dropout) => ({ warmup, dropout }))
    : [0, warmup].map((steps) => ({ warmup: steps }));

const withDropout = (
  config: ModelRun['config'],
  dropout: number | undefined,
): ModelRun['config'] => {
  if (config.model !== 's4d') return config;
  const { dropout: _, ...rest } = config;
  return dropout ? { ...rest, dropout } : rest;
};

/**
 * The same effort for every architecture: one grid of learning rates and warm-ups, one seed a cell, the same number
 * of steps. Chosen is what errs least on held-out prompts, averaged over k = 0, …, 2d. Written before any of it ran;
 * nothing else is tuned.
 */
function gridOf(preset: Preset, { steps, learningRates, warmup }: Grid) {
  const scale = scaleOf(preset);
  const { d, prompts, batch, lossEvery } = scale;
  const runs = METHODS.flatMap((method) =>
    variantsOf(method, warmup).flatMap((variant) =>
      learningRates.map((learningRate) => {
        const run = modelRun(scale, method, 2, { steps, learningRate });
        const config = withDropout(run.config, variant.dropout);
        const own = variant.warmup > 0 && { warmup: variant.warmup };
        return { method, learningRate, ...variant, run: { ...run, config, ...own } };
      }),
    ),
  );
  return { d, steps, runs, lossEvery, prompts, batch };
}
type Runs = ReturnType<typeof gridOf>['runs'];

const nameOf = ({ method, learningRate, warmup, dropout }: Runs[number]): string =>
  [
    method,
    learningRate,
    `warm${warmup}`,
    ...(dropout === undefined ? [] : [`drop${dropout}`]),
  ].join('-');

export const experiment = defineExperiment({
  id: 'pilots',
  title: 'Short trainings of every architecture on one grid of settings',
  presets: {
    smoke: gridOf('smoke', { steps: 60, learningRates: [1e-3, 4e-3], warmup: 10 }),
    // As long as the curriculum and four times that again; rates from the one at which the Transformer was trained
    // first to twice Mamba's.
    small: gridOf('small', { steps: 3000, learningRates: [1e-3, 2e-3, 4e-3, 8e-3], warmup: 500 }),
  },
  data: pilots,
  graph: ({ d, steps, runs, ...rest }, preset) => {
    const k = Array.from({ length: 2 * d + 1 }, (_, i) => i);
    const shared = { ...rest, d, k, task: TASK, seed: SEED, evaluationSeed: PROMPT_SEED };
    const folder = `weights/pilots.${preset}`;
    return node({
      id: 'choose',
      module: moduleOf('choose-pilots'),
      run: choosePilots,
      parameters: {
        d,
        steps,
        seed: SEED,
        prompts: rest.prompts,
        promptSeed: PROMPT_SEED,
        runs: runs.map((one) => {
          const { run: _, ...settings } = one;
          return { ...settings, name: nameOf(one) };
        }),
      },
      inputs: Object.assign(
        {},
        ...runs.map((one) => pointOf({ ...shared, run: one.run, folder, name: nameOf(one) })),
      ) as ReturnType<typeof pointOf>,
    });
  },
});
