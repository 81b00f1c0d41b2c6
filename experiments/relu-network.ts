import { functionClass } from './graphs/function-class.ts';
import { atEveryScale, evaluationOf, mechanismsOf, modelRun, settingOf } from './settings/scale.ts';

/** Figure 2b: random ReLU networks with 100 hidden units, contexts of five times d in training. */
export const experiment = functionClass(
  'relu-network',
  'ReLU networks in context',
  atEveryScale((scale) => ({
    ...settingOf(scale),
    task: { task: 'relu-network', hidden: 100 },
    models: { mamba: modelRun(scale, 'mamba', 5), gpt2: modelRun(scale, 'gpt2', 5) },
    evaluation: evaluationOf(scale),
    baselines: {
      'least-squares': {},
      'nearest-neighbours': {},
      averaging: {},
      network: { prompts: 64 },
    },
    ...mechanismsOf(scale, [5, 10]),
  })),
);
