import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionClass } from '../../../experiments/graphs/function-class.ts';
import type { AlongALine } from '../../../src/artifacts/along-a-line.ts';
import { ARTIFACT_SCHEMA, artifactPath } from '../../../src/artifacts/artifact.ts';
import type { Preset } from '../../../src/artifacts/artifact.ts';
import type { LearningCurves } from '../../../src/artifacts/learning-curves.ts';
import type { GradientDescentRuns } from '../../../src/artifacts/mechanisms.ts';
import type { Pilots } from '../../../src/artifacts/pilots.ts';
import type { Scaling } from '../../../src/artifacts/scaling.ts';
import type { TokenCurves } from '../../../src/artifacts/token-curves.ts';
import type { ScanSpeed } from '../../../src/artifacts/scan-speed.ts';
import type { Experiment } from '../../../src/lab/experiment.ts';
import { exampleInputs } from '../example-data.ts';

const provenance = {
  key: 'b'.repeat(64),
  commit: 'c0ffee',
  dirty: false,
  command: 'npm run lab -- run example',
  parameters: {},
  seeds: [1, 2],
  inputs: exampleInputs,
  runtime: { backend: 'cpu', adapter: 'example', software: false, packages: {} },
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 12,
} as const;

/** Writes an artifact as a finished run of an experiment would, with made-up numbers. */
export function plant(folder: string, id: string, data: object, preset: Preset = 'small'): void {
  const path = join(folder, artifactPath(id, preset));
  mkdirSync(join(folder, 'artifacts'), { recursive: true });
  writeFileSync(path, JSON.stringify({ schema: ARTIFACT_SCHEMA, id, preset, data, provenance }));
}

/** Every curve, training, probe and permutation that the experiment's definition promises. */
export function madeUp({ presets }: Experiment, preset: Preset = 'small'): LearningCurves {
  const own = presets[preset] as FunctionClass;
  const { d, seeds, models, baselines, shifts, evaluation, probe, order, task } = own;
  const evaluations = { training: task, ...shifts };
  const methods = Object.keys(models);
  const runs = methods.flatMap((method) => seeds.map((seed) => ({ method, seed })));
  const curve = (level: number, k: readonly number[]) => {
    const mean = k.map((examples) => Math.max(level, 1 - examples / d));
    const times = (factor: number) => mean.map((value) => value * factor);
    return { k: [...k], mean, firstBatch: mean, low: times(0.9), high: times(1.1), prompts: 64 };
  };
  const spread = (mean: number) => ({ mean, low: mean * 0.9, high: mean * 1.1, sd: 0.1 });
  return {
    d,
    trainedPoints: 2 * d + 1,
    prompts: evaluation.prompts,
    batch: evaluation.batch,
    points: evaluation.points,
    promptSeed: evaluation.seed,
    evaluations,
    confidence: 0.9,
    bootstrapTrials: 10,
    curves: Object.keys(evaluations).flatMap((name) => [
      ...runs.map((run) => ({ ...run, evaluation: name, ...curve(0.01 * run.seed, evaluation.k) })),
      ...Object.keys(baselines).map((method) => ({
        method,
        evaluation: name,
        ...curve(0, evaluation.k),
      })),
    ]),
    trainings: runs.map(({ method, seed }) => {
      const { config, steps, batch, learningRate, schedule, curriculum } = models[method]!;
      const training = { method, seed, steps, batch, learningRate, schedule, parameters: 1 };
      const loss = { step: [100, 200], value: [1, 0.1] };
      const weights = { weights: 'weights/x', weightsSha256: 'a'.repeat(64) };
      return { ...training, ...weights, loss, config, trainedPoints: curriculum.points.end };
    }),
    probes: runs.flatMap((run) =>
      (probe?.k ?? []).map((k) => ({
        ...run,
        k,
        tasks: 1,
        fitted: 1,
        tested: 1,
        layers: [0, 0.5, 1].map((depth) => ({
          depth,
          error: spread(10 ** (-3 * depth)),
          decoded: spread(1),
          scale: spread(2 - depth),
          shift: spread(1 - depth),
        })),
      })),
    ),
    order: runs.flatMap((run) =>
      (order?.k ?? []).map((k) => ({
        ...run,
        k,
        prompts: 1,
        permutations: 2,
        variance: spread(0.01),
        error: spread(0.1),
        errorOfMean: spread(0.09),
      })),
    ),
  };
}

/** Descents on both distributions. */
export const madeUpDescents = (): GradientDescentRuns => {
  const run = {
    k: 10,
    tasks: 1,
    tested: 1,
    gd: [1, 0.5],
    gdPlusPlus: [1, 0.1],
    gamma: 1e-2,
    grid: { gamma: [1e-3, 1e-2, 1e-1], error: [0.4, 0.1, 0.7] },
  };
  return { d: 5, runs: { skewed: run, isotropic: run } };
};

/** One model that believes half the slope, and least squares that has it. */
export const madeUpLine = (): AlongALine => {
  const [k, t] = [
    [1, 10],
    [-4, -2, 0, 2, 4],
  ];
  const of = (factor: number) => t.map((place) => 0.5 * factor * place);
  return {
    d: 5,
    of: 'skewed-linear-regression',
    promptSeed: 1,
    k,
    t,
    reach: 2,
    slope: 0.5,
    lines: k.flatMap((count) => [
      { method: 'mamba', seed: 1, k: count, y: of(0.5) },
      { method: 'least-squares', k: count, y: of(1) },
    ]),
  };
};

/** Errors that fall with the length of a training and rise with d. */
export const madeUpScaling = (): Scaling => ({
  prompts: 64,
  confidence: 0.9,
  runs: ['mamba', 'gpt2'].flatMap((method) =>
    [3, 10].flatMap((d) =>
      [400, 100, 200].map((steps) => {
        const mean = (10 * d) / steps;
        const error = { mean, low: mean * 0.9, high: mean * 1.1 };
        return { method, seed: 1, d, steps, learningRate: 1e-3, parameters: 9, error };
      }),
    ),
  ),
});

/** Two architectures on a grid of three rates, the second with dropout or without. */
export const madeUpPilots = (): Pilots => {
  const variants = { mamba: [{ warmup: 0 }, { warmup: 50 }], s4d: [0.1, 0].map(withDropout) };
  const runs = Object.entries(variants).flatMap(([method, own]) =>
    own.flatMap((variant, i) =>
      [4e-3, 1e-3, 2e-3].map((learningRate) => {
        const error = 0.3 + Math.abs(learningRate - 2e-3) * 50 - 0.01 * i;
        return { method, learningRate, ...variant, error, last: error / 2 };
      }),
    ),
  );
  const chosen = {
    mamba: { learningRate: 2e-3, warmup: 50 },
    s4d: { learningRate: 2e-3, ...withDropout(0) },
  };
  return { d: 5, steps: 100, seed: 11, prompts: 64, promptSeed: 12, runs, chosen };
};
const withDropout = (dropout: number) => ({ warmup: 50, dropout });

/** A scan that is faster from 128 tokens on. */
export const madeUpSpeed = (): ScanSpeed => ({
  batch: 1,
  d_model: 64,
  runs: 1,
  series: [
    {
      operation: 'scan',
      length: [64, 128, 512, 4096, 32_768],
      milliseconds: [2, 3, 10, 80, 640],
      peakBytes: [1e6, 2e6, 8e6, 6.4e7, 5e8],
    },
    { operation: 'attention', length: [64, 128], milliseconds: [1, 4], peakBytes: [1e6, 4e6] },
  ],
  crossing: 128,
});

/** Models, each half as far off as the one before, and what counts tokens; after 16 tokens and after 64. */
export const madeUpTokens = (): TokenCurves => {
  const at = [16, 64];
  const curve = (method: string, level: number, seed?: number) => {
    const mean = at.map((tokens) => level / Math.sqrt(tokens));
    const times = (factor: number) => mean.map((value) => value * factor);
    const seeded = seed === undefined ? {} : { seed };
    return {
      method,
      ...seeded,
      on: 'training',
      at,
      mean,
      firstBatch: mean,
      low: times(0.9),
      high: times(1.1),
    };
  };
  const methods = ['mamba', 'mamba-one-tap', 'gpt2-rotary'];
  return {
    measure: 'total variation',
    along: 'tokens',
    trained: 16,
    chance: 0.25,
    sequences: 64,
    batch: 64,
    sequenceSeed: 1,
    confidence: 0.9,
    bootstrapTrials: 10,
    curves: [
      ...methods.flatMap((method, i) => [1, 2].map((seed) => curve(method, 0.5 ** i, seed))),
      curve('unigram', 1),
    ],
    trainings: [],
  };
};
