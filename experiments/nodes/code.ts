import type { Code } from '../../src/lab/experiment.ts';
import { ARCHITECTURES } from '../../src/models/index.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { SequenceModel } from '../../src/models/model.ts';
import { SAMPLERS } from '../../src/tasks/evaluation.ts';
import type { Sampler, Task } from '../../src/tasks/evaluation.ts';
import { SCHEDULES } from '../../src/training/schedule.ts';
import type { Schedule, ScheduleName } from '../../src/training/schedule.ts';

/**
 * Code that nodes are given, so that the key of a Mamba training on trees depends neither on the
 * Transformer's code nor on that of other tasks.
 */
export type Build = (config: ModelConfig) => SequenceModel;

export const modelCode = ({ model }: ModelConfig): Code<Build> => ({
  module: import.meta.resolve(`../../src/models/${model}.ts`),
  value: ARCHITECTURES[model].build as Build,
});

export const taskCode = ({ task }: Task): Code<Sampler> => ({
  module: import.meta.resolve(`../../src/tasks/${task}.ts`),
  value: SAMPLERS[task] as Sampler,
});

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
