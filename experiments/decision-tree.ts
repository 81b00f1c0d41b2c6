import { functionClass } from './graphs/function-class.ts';
import { atEveryScale, evaluationOf, mechanismsOf, modelRun, settingOf } from './settings/scale.ts';

/**
 * Figure 2c: decision trees. Depth 4 has 16 leaves for the 100 examples of d = 20; the 25 examples of d = 5
 * get depth 2, so that a leaf is seen as often.
 */
export const experiment = functionClass(
  'decision-tree',
  'Decision trees in context',
  atEveryScale((scale, preset) => ({
    ...settingOf(scale),
    task: { task: 'decision-tree', depth: preset === 'paper' ? 4 : 2 },
    models: { mamba: modelRun(scale, 'mamba', 5), gpt2: modelRun(scale, 'gpt2', 5) },
    evaluation: evaluationOf(scale),
    baselines: {
      'nearest-neighbours': {},
      'greedy-tree': { prompts: 256 },
      'greedy-tree-unlimited': { prompts: 256 },
      'boosted-trees': { prompts: 64 },
    },
    ...mechanismsOf(scale, [5, 10]),
  })),
);
