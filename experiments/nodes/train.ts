import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { parameterCount } from '../../src/models/model.ts';
import { encode } from '../../src/numerics/safetensors.ts';
import type { Task } from '../../src/tasks/index.ts';
import { decodeTraining, encodeTraining } from '../../src/training/checkpoint.ts';
import type { LossHistory } from '../../src/training/checkpoint.ts';
import type { Ramp } from '../../src/training/curriculum.ts';
import { regression } from '../../src/training/regression.ts';
import type { ScheduleName } from '../../src/training/schedule.ts';
import { train } from '../../src/training/train.ts';
import type { TrainingCode } from '../graphs/code.ts';
import { jsonFile } from '../outputs/files.ts';

export type TrainParameters = {
  config: ModelConfig;
  task: Task;
  steps: number;
  batch: number;
  learningRate: number;
  schedule: ScheduleName;
  /** Steps in which the learning rate grows to its peak; none if absent. */
  warmup?: number;
  curriculum: { dims: Ramp; points: Ramp };
  lossEvery: number;
  /** Steps done at the end of this part; all if absent. */
  until?: number;
};

/** Contents of `training.json`. */
export type TrainingRecord = { parameters: number; loss: LossHistory };

/**
 * Trains a model on a task. Outputs `weights.safetensors` and `training.json`. A part that ends before the last step
 * also outputs `state.bin`, with which the next, whose input `before` it is, goes on.
 */
export async function trainModel(
  context: NodeContext<TrainParameters, TrainingCode>,
): Promise<Files> {
  const { config, task, batch, curriculum, ...rest } = context.parameters;
  const { build, sample, schedule } = context.uses;
  const objective = regression(build(config), {
    sample: (shape, random) => sample(shape, random, task),
    d: config.n_dims,
    batch,
    curriculum,
  });
  const before = context.inputs['before']?.files['state.bin'];
  const state = await train(
    { ...rest, objective, schedule, seed: context.seed },
    context,
    before && decodeTraining(before),
  );
  const weights = state.adam.parameters;
  const record: TrainingRecord = { parameters: parameterCount(weights), loss: state.history };
  return {
    'weights.safetensors': encode(weights),
    ...jsonFile('training.json', record),
    ...(state.step < rest.steps && { 'state.bin': encodeTraining(state) }),
  };
}
