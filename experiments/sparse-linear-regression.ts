import { functionClass } from './graphs/function-class.ts';
import { atEveryScale, evaluationOf, mechanismsOf, modelRun, settingOf } from './settings/scale.ts';

/**
 * Figure 2a: weights of which all but three are zero, as published whatever d is; so the zero predictor errs
 * 3 / d. Three of five would hardly be sparse: the small preset has d = 8.
 */
export const experiment = functionClass(
  'sparse-linear-regression',
  'Sparse linear regression in context',
  atEveryScale((own, preset) => {
    const scale = preset === 'small' ? { ...own, d: 8 } : own;
    return {
      ...settingOf(scale),
      task: { task: 'sparse-linear-regression', sparsity: preset === 'smoke' ? 1 : 3 },
      models: { mamba: modelRun(scale, 'mamba', 2), gpt2: modelRun(scale, 'gpt2', 2) },
      evaluation: evaluationOf(scale),
      baselines: { 'least-squares': {}, lasso: {} },
      ...mechanismsOf(scale, [2, 4, 8]),
    };
  }),
);
