import { zeroPredictor } from '../src/artifacts/zero-predictor.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import { experiment as trees } from './decision-tree.ts';
import { samplerCodes } from './graphs/code.ts';
import { experiment as isotropic } from './isotropic-linear-regression.ts';
import { predictZero } from './nodes/predict-zero.ts';
import type { PredictZeroParameters } from './nodes/predict-zero.ts';
import { experiment as networks } from './relu-network.ts';
import { resourcesOf } from './settings/resources.ts';
import type { Everywhere } from './settings/scale.ts';
import { experiment as skewed } from './skewed-linear-regression.ts';
import { experiment as sparse } from './sparse-linear-regression.ts';

const SEED = 4000;

const parameters = (preset: Everywhere): PredictZeroParameters => ({
  tasks: Object.fromEntries(
    [skewed, isotropic, sparse, networks, trees].map(({ id, presets }) => {
      const { task, d } = presets[preset];
      return [id, { task, d }];
    }),
  ),
  // y² / d of a linear function has a variance of some 3: a hundred times the evaluation's prompts bring the
  // standard error from .05 to .005.
  prompts: preset === 'smoke' ? 4096 : 131_072,
  batch: 64,
  interval: { confidence: 0.9, trials: 1000, seed: SEED + 1 },
});

const tasksOf = ({ tasks }: PredictZeroParameters) =>
  Object.fromEntries(Object.entries(tasks).map(([id, { task }]) => [id, task]));

/** Where every curve should begin, k = 0, measured on far more prompts than a model is evaluated on. */
export const experiment = defineExperiment({
  id: 'zero-predictor',
  title: 'What predicting zero costs',
  presets: { smoke: parameters('smoke'), small: parameters('small'), paper: parameters('paper') },
  data: zeroPredictor,
  graph: (parameters, preset) =>
    node({
      id: 'predict',
      module: import.meta.resolve('./nodes/predict-zero.ts'),
      run: predictZero,
      parameters,
      uses: samplerCodes(tasksOf(parameters)),
      seed: SEED,
      ...resourcesOf(preset, 'baseline'),
    }),
});
