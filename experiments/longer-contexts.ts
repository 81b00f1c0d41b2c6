import { functionClass } from './graphs/function-class.ts';
import { atEveryScale, evaluationOf, mechanismsOf, modelRun, settingOf } from './settings/scale.ts';

/**
 * Figure 10: trainings on contexts of 4 d and 8 d examples, beside the 2 d of `skewed-linear-regression`.
 * The published curriculum of the longer ones is not known; here points grow as often as there.
 */
export const experiment = functionClass(
  'longer-contexts',
  'Longer contexts in training',
  atEveryScale((scale) => ({
    ...settingOf(scale),
    task: { task: 'linear-regression', inputs: 'skewed' },
    models: {
      'mamba-4d': modelRun(scale, 'mamba', 4),
      'gpt2-4d': modelRun(scale, 'gpt2', 4),
      'mamba-8d': modelRun(scale, 'mamba', 8),
      'gpt2-8d': modelRun(scale, 'gpt2', 8),
    },
    shifts: { isotropic: { task: 'linear-regression', inputs: 'isotropic' } },
    evaluation: evaluationOf(scale),
    baselines: { 'least-squares': {} },
    ...mechanismsOf(scale, [2, 4, 8]),
  })),
);
