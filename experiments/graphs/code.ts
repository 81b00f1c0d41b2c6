import type { Code } from '../../src/lab/experiment.ts';
import { ARCHITECTURES } from '../../src/models/index.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { SequenceModel } from '../../src/models/model.ts';
import type { Evaluation } from '../../src/tasks/evaluation.ts';
import { evaluationSampler, samplerOf } from '../../src/tasks/index.ts';
import type { Sampler, Task } from '../../src/tasks/index.ts';
import { SCHEDULES } from '../../src/training/schedule.ts';
import type { Schedule, ScheduleName } from '../../src/training/schedule.ts';
import type { Samplers } from '../measuring/draw.ts';

/**
 * Code that nodes are given, so that the key of a Mamba training on trees depends neither on the
 * Transformer's code nor on that of other tasks.
 */
export type Build = (config: ModelConfig) => SequenceModel;

export const modelCode = ({ model }: Pick<ModelConfig, 'model'>): Code<Build> => ({
  module: import.meta.resolve(`../../src/models/${model}.ts`),
  value: ARCHITECTURES[model].build as Build,
});

export const taskCode = (task: Task): Code<Sampler> => ({
  module: import.meta.resolve(`../../src/tasks/${task.task}.ts`),
  value: samplerOf(task),
});

/** The samplers of evaluations, by the names under which nodes look for them. */
export const samplerCodes = (
  evaluations: Readonly<Record<string, Evaluation>>,
): { [Name in keyof Samplers]: Code<Samplers[Name]> } =>
  Object.fromEntries(
    Object.values(evaluations).map((evaluation) => {
      const file = evaluation.task === 'shifted' ? 'linear-shifts' : evaluation.task;
      const module = import.meta.resolve(`../../src/tasks/${file}.ts`);
      return [`sample/${evaluation.task}`, { module, value: evaluationSampler(evaluation) }];
    }),
  );

/** What a training is given. */
export type TrainingCode = { build: Build; sample: Sampler; schedule: Schedule };

export const trainingCode = (
  { config, schedule }: { config: ModelConfig; schedule: ScheduleName },
  task: Task,
): { [Name in keyof TrainingCode]: Code<TrainingCode[Name]> } => ({
  build: modelCode(config),
  sample: taskCode(task),
  schedule: {
    module: import.meta.resolve('../../src/training/schedule.ts'),
    value: SCHEDULES[schedule],
  },
});
