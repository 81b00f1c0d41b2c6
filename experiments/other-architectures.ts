import { functionClass } from './graphs/function-class.ts';
import { atEveryScale, evaluationOf, mechanismsOf, modelRun, settingOf } from './settings/scale.ts';
import { LINEAR_BASELINES, LINEAR_SHIFTS } from './settings/shifts.ts';

/** Beyond the paper: its skewed linear regression with architectures that it does not test there. */
export const experiment = functionClass(
  'other-architectures',
  'Skewed linear regression with other architectures',
  atEveryScale((scale) => ({
    ...settingOf(scale),
    task: { task: 'linear-regression', inputs: 'skewed' },
    models: {
      rwkv4: modelRun(scale, 'rwkv4', 2),
      lstm: modelRun(scale, 'lstm', 2),
      mambaformer: modelRun(scale, 'mambaformer', 2),
    },
    shifts: LINEAR_SHIFTS,
    evaluation: evaluationOf(scale),
    baselines: LINEAR_BASELINES,
    ...mechanismsOf(scale, [2, 4, 8]),
  })),
);
