import type { Preset } from '../src/artifacts/artifact.ts';
import { tokenCurves } from '../src/artifacts/token-curves.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import type { TokenModelConfig } from '../src/models/index.ts';
import { sampleMarkov } from '../src/tasks/markov.ts';
import { backboneCode, sequenceCode, tokenGraph } from './graphs/tokens.ts';
import type { Measured, TokenPlace } from './graphs/tokens.ts';
import { moduleOf } from './graphs/training.ts';
import { evaluateMarkov, evaluateUnigram } from './nodes/evaluate-markov.ts';
import { verifyTokenCurves } from './measuring/verify-tokens.ts';
import type { TokenRun } from './nodes/train-tokens.ts';
import { INTERVAL } from './settings/scale.ts';

/** Chains of two states, as in Edelman et al. (2024) and Bondaschi et al. (2025). */
const TASK = { task: 'markov', states: 2 } as const;
const ENDS = { vocabulary: TASK.states, tied: false };

interface Extent {
  steps: number;
  batch: number;
  length: number;
  seeds: number[];
  sequences: number;
}

/**
 * Width and states of the published one-layer Mamba (8 and 8), which is a Mamba-2; ours has the first Mamba's block. A
 * convolution of one tap sees no other token. The Transformer has positions, and about as many parameters.
 * Learning rates and the batch were chosen by pilots of seed 11, which is none of these (LOG.md, 2026-11-27).
 */
function chainsOf({ steps, batch, length, seeds, sequences }: Extent) {
  const run = (config: TokenModelConfig, learningRate: number): TokenRun => ({
    config,
    steps,
    batch,
    length,
    learningRate,
    schedule: 'cosine',
    warmup: Math.round(steps / 20),
  });
  const mamba = { model: 'mamba', d_model: 8, n_layer: 1, d_state: 8, expand: 2, ...ENDS } as const;
  const attention = { model: 'gpt2-rotary', d_model: 8, n_head: 1, ...ENDS } as const;
  return {
    task: TASK,
    seeds,
    lossEvery: Math.round(steps / 20),
    models: {
      mamba: run({ ...mamba, d_conv: 4 }, 1e-2),
      'mamba-one-tap': run({ ...mamba, d_conv: 1 }, 1e-2),
      'gpt2-rotary': run({ ...attention, n_layer: 1 }, 5e-3),
    },
    // To four times the training length, in steps of about a quarter.
    evaluation: {
      at: grid(4 * length),
      sequences,
      batch: Math.min(64, sequences),
      seed: 1000,
      ...INTERVAL,
    },
  };
}

/** 1, 2, 3, … and then a quarter more each time, to the last; with every halving of it. */
function grid(last: number): number[] {
  const steps: number[] = [];
  for (let k = 1; k < last; k = Math.ceil(1.25 * k)) steps.push(k);
  const halvings = Array.from({ length: Math.log2(last) }, (_, i) => last / 2 ** i);
  return [...new Set([...steps, ...halvings])].toSorted((a, b) => a - b);
}
type Chains = ReturnType<typeof chainsOf>;

function graph({ models, seeds, lossEvery, evaluation, task }: Chains, preset: Preset) {
  const place: TokenPlace = {
    experiment: 'markov',
    preset,
    task,
    sample: sampleMarkov,
    lossEvery,
  };
  const sample = { module: sequenceCode(place).module, value: sampleMarkov };
  const parameters = { ...evaluation, task };
  const { at: _, seed, ...rest } = evaluation;
  return tokenGraph({
    place,
    models,
    seeds,
    evaluate: (measured, config) =>
      node({
        ...measured,
        module: moduleOf('evaluate-markov'),
        run: evaluateMarkov,
        parameters: { ...parameters, config },
        uses: { sample, backbone: backboneCode(config) },
      }),
    baselines: {
      unigram: (measured: Measured) =>
        node({
          ...measured,
          module: moduleOf('evaluate-markov'),
          run: evaluateUnigram,
          parameters,
          uses: { sample },
        }),
    },
    about: {
      ...rest,
      measure: 'total variation',
      along: 'tokens',
      trained: models.mamba.length,
      // Of saying that both states are equally likely, once the chain is known.
      chance: 0.25,
      sequenceSeed: seed,
    },
  });
}

/** Whether a layer finds, in context, the estimator that counts transitions (content/markov.mdx). */
export const experiment = defineExperiment({
  id: 'markov',
  title: 'Markov chains in context',
  presets: {
    smoke: chainsOf({ steps: 20, batch: 4, length: 32, seeds: [1], sequences: 16 }),
    small: chainsOf({ steps: 1500, batch: 16, length: 256, seeds: [1, 2, 3], sequences: 1024 }),
  },
  data: tokenCurves,
  graph,
  verify: (context) =>
    verifyTokenCurves(context, (measured, config) =>
      evaluateMarkov({
        ...measured,
        parameters: { ...measured.parameters, task: TASK, config },
        uses: { sample: sampleMarkov, backbone: backboneCode(config).value },
      }),
    ),
});
