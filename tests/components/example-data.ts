import type { Provenance } from '../../src/artifacts/artifact.ts';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { PublishedResults } from '../../src/components/results/published.ts';

const K = Array.from({ length: 25 }, (_, k) => k);

const curve = (
  method: string,
  seed: number | undefined,
  evaluation: string,
  level: number,
): LearningCurves['curves'][number] => {
  const mean = K.map((k) => Math.max(level, 1 - k / 2));
  return {
    method,
    ...(seed === undefined ? {} : { seed }),
    evaluation,
    k: K,
    mean,
    firstBatch: mean.map((value) => value * 1.1),
    low: mean.map((value) => value * 0.9),
    high: mean.map((value) => value * 1.1),
    prompts: 128,
  };
};

const training = (method: string, seed: number): LearningCurves['trainings'][number] => ({
  method,
  seed,
  parameters: 1000,
  steps: 10 * seed,
  batch: 64,
  learningRate: 1e-3,
  schedule: 'cosine',
  trainedPoints: 5,
  weights: `weights/example.small/${method}-${seed}.safetensors`,
  weightsSha256: 'a'.repeat(64),
  config: { model: method, n_layer: 4, d_model: 64 },
  loss: { step: [1], value: [1] },
});

/** A made-up experiment with d = 2: two models of two seeds and a baseline. */
export const exampleData: LearningCurves = {
  d: 2,
  trainedPoints: 5,
  prompts: 128,
  batch: 64,
  points: 25,
  promptSeed: 1,
  evaluations: {
    training: { task: 'linear-regression', inputs: 'skewed' },
    isotropic: { task: 'linear-regression', inputs: 'isotropic' },
  },
  confidence: 0.9,
  bootstrapTrials: 10,
  curves: ['training', 'isotropic'].flatMap((evaluation) => [
    curve('mamba', 1, evaluation, 0.02),
    curve('mamba', 2, evaluation, 0.04),
    curve('gpt2', 1, evaluation, 0.03),
    curve('gpt2', 2, evaluation, 0.12),
    curve('least-squares', undefined, evaluation, 0),
  ]),
  trainings: [training('mamba', 1), training('mamba', 2), training('gpt2', 1), training('gpt2', 2)],
  probes: [],
  order: [],
};

/** What was published of its isotropic panel. */
export const examplePublished: PublishedResults = {
  source: 'example',
  method: 'example',
  unit: 'squared error / d',
  d: 20,
  panels: [
    {
      figure: '1a',
      evaluation: 'isotropic',
      trainedPoints: 41,
      k: [0, 10, 20, 40, 240],
      curves: [
        { method: 'mamba', run: 1, low: [0.9, 0.4, 0.1, 0.01, 1], high: [1.1, 0.6, 0.3, 0.03, 3] },
      ],
    },
  ],
  probes: [],
  descents: [],
};

/** What the provenance of that experiment's artifact says of its trainings. */
export const exampleInputs: Provenance['inputs'] = Object.fromEntries(
  exampleData.trainings.map(({ method, seed }) => [
    `train/${method}-${seed}`,
    { key: 'a'.repeat(64), backend: 'cpu', adapter: 'example', seconds: 60 * seed, commit: '' },
  ]),
);
