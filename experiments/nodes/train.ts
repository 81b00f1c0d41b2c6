import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Sampler, Task } from '../../src/tasks/evaluation.ts';
import { encode } from '../../src/training/safetensors.ts';
import type { Ramp, Schedule } from '../../src/training/schedule.ts';
import { train } from '../../src/training/train.ts';
import type { LossHistory } from '../../src/training/train.ts';
import type { Build } from './code.ts';
import { jsonFile } from './files.ts';

export type TrainParameters = {
  config: ModelConfig;
  task: Task;
  steps: number;
  batch: number;
  learningRate: number;
  schedule: Schedule;
  curriculum: { dims: Ramp; points: Ramp };
  lossEvery: number;
};

/** Contents of `training.json`. */
export type TrainingRecord = { parameters: number; loss: LossHistory };

/** Trains a model on a task. Outputs `weights.safetensors` and `training.json`. */
export async function trainModel(
  context: NodeContext<TrainParameters, { build: Build; sample: Sampler }>,
): Promise<Files> {
  const { config, task, ...rest } = context.parameters;
  const { build, sample } = context.uses;
  const { weights, loss } = await train(
    {
      ...rest,
      model: build(config),
      sample: (shape, random) => sample(shape, random, task),
      d: config.n_dims,
      seed: context.seed,
    },
    context,
  );
  const parameters = Object.values(weights).reduce((sum, { values }) => sum + values.length, 0);
  const record: TrainingRecord = { parameters, loss };
  return { 'weights.safetensors': encode(weights), ...jsonFile('training.json', record) };
}
