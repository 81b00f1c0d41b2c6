import { functionClass } from './graphs/function-class.ts';
import { atEveryScale, evaluationOf, mechanismsOf, modelRun, settingOf } from './settings/scale.ts';
import { LINEAR_BASELINES, LINEAR_SHIFTS } from './settings/shifts.ts';

/**
 * Figures 8 and 9: the same tests after training on isotropic inputs, at a constant learning rate as there. What
 * is never annealed stays at the lower of the small rates.
 */
export const experiment = functionClass(
  'isotropic-linear-regression',
  'Isotropic linear regression in context',
  atEveryScale((scale, preset) => {
    const constant = {
      schedule: 'constant',
      ...(preset === 'small' && { learningRate: 1e-3 }),
    } as const;
    return {
      ...settingOf(scale),
      task: { task: 'linear-regression', inputs: 'isotropic' },
      models: {
        mamba: modelRun(scale, 'mamba', 2, constant),
        gpt2: modelRun(scale, 'gpt2', 2, constant),
      },
      shifts: LINEAR_SHIFTS,
      evaluation: evaluationOf(scale),
      baselines: LINEAR_BASELINES,
      ...mechanismsOf(scale, [2]),
    };
  }),
);
