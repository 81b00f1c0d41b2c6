import { functionClass } from './graphs/function-class.ts';
import { atEveryScale, evaluationOf, mechanismsOf, modelRun, settingOf } from './settings/scale.ts';
import { LINEAR_BASELINES, LINEAR_SHIFTS } from './settings/shifts.ts';

/**
 * Figure 1 and, by its probes, figures 3, 4 and 5: linear regression on skewed inputs, in distribution and under
 * six published shifts and more. The published figure 1a shows isotropic inputs (content/reproduction-notes.mdx, The
 * figure on skewed inputs).
 */
export const experiment = functionClass(
  'skewed-linear-regression',
  'Skewed linear regression in context',
  atEveryScale(
    (scale, preset) => ({
      ...settingOf(scale),
      task: { task: 'linear-regression', inputs: 'skewed' },
      models: {
        mamba: modelRun(scale, 'mamba', 2),
        gpt2: modelRun(scale, 'gpt2', 2),
        s4d: modelRun(scale, 's4d', 2),
        ...(preset === 'long' && { rwkv4: modelRun(scale, 'rwkv4', 2) }),
      },
      shifts: LINEAR_SHIFTS,
      evaluation: evaluationOf(scale),
      baselines: LINEAR_BASELINES,
      ...(preset !== 'medium' && mechanismsOf(scale, [2, 4, 8])),
    }),
    'long',
    'medium',
  ),
);
