import { functionClass } from './graphs/function-class.ts';
import { atEveryScale, evaluationOf, mechanismsOf, modelRun, settingOf } from './settings/scale.ts';

/**
 * Beyond the paper: whether Mamba extrapolates once its layers have started from random states in training,
 * h ~ N(0, σ²), as they meet states past the training length that they never saw (arXiv 2507.02782).
 */
export const experiment = functionClass(
  'state-noise',
  'Mamba trained from random initial states',
  atEveryScale((scale) => {
    const plain = modelRun(scale, 'mamba', 2);
    return {
      ...settingOf(scale),
      task: { task: 'linear-regression', inputs: 'skewed' },
      models: {
        'mamba-noise': {
          ...plain,
          config: { ...plain.config, state_noise: 0.1 } as typeof plain.config,
        },
      },
      shifts: { isotropic: { task: 'linear-regression', inputs: 'isotropic' } },
      evaluation: evaluationOf(scale),
      baselines: {},
      ...mechanismsOf(scale, [2, 4, 8]),
    };
  }),
);
