import type { Evidence, Files, NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { parameterCount } from '../../src/models/model.ts';
import { encode } from '../../src/numerics/safetensors.ts';
import type { Task } from '../../src/tasks/index.ts';
import { decodeTraining, encodeTraining } from '../../src/training/checkpoint.ts';
import type { LossHistory, TrainingState } from '../../src/training/checkpoint.ts';
import { rampEnd } from '../../src/training/curriculum.ts';
import type { Ramp } from '../../src/training/curriculum.ts';
import { regression } from '../../src/training/regression.ts';
import type { ScheduleName } from '../../src/training/schedule.ts';
import { train } from '../../src/training/train.ts';
import type { TrainingCode } from '../graphs/code.ts';
import { jsonFile, readJson } from '../outputs/files.ts';

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
export async function trainModel(context: Context): Promise<Files> {
  const state = await trainUntil(context, context.parameters.until);
  const weights = state.adam.parameters;
  const record: TrainingRecord = { parameters: parameterCount(weights), loss: state.history };
  return {
    'weights.safetensors': encode(weights),
    ...jsonFile('training.json', record),
    ...(state.step < context.parameters.steps && { 'state.bin': encodeTraining(state) }),
  };
}

/**
 * Trains again until the curriculum is over and some losses more are recorded, so that prompts of every length were
 * among them, and compares the losses with those of `training.json`.
 */
export async function replayTraining(context: Context, recorded: Files): Promise<Evidence> {
  const { lossEvery, steps, until = steps, curriculum } = context.parameters;
  const grown = Math.max(...[curriculum.dims, curriculum.points].map(rampEnd));
  const stop = Math.min(until, lossEvery * (Math.ceil(grown / lossEvery) + 1));
  const { loss } = readJson<TrainingRecord>({ sha256: {}, files: recorded }, 'training.json');
  const { history } = await trainUntil(context, stop);
  const errors = history.value.map((value, i) => Math.abs(value / loss.value[i]! - 1));
  const first = errors.findIndex((error) => error !== 0);
  return {
    steps: stop,
    of: steps,
    relativeError: Math.max(...errors),
    ...(first >= 0 && { firstDifference: history.step[first]! }),
  };
}

type Context = NodeContext<TrainParameters, TrainingCode>;

function trainUntil(context: Context, until: number | undefined): Promise<TrainingState> {
  const { config, task, batch, curriculum, until: _, ...rest } = context.parameters;
  const { build, sample, schedule } = context.uses;
  const objective = regression(build(config), {
    sample: (shape, random) => sample(shape, random, task),
    d: config.n_dims,
    batch,
    curriculum,
  });
  const before = context.inputs['before']?.files['state.bin'];
  return train(
    { ...rest, ...(until !== undefined && { until }), objective, schedule, seed: context.seed },
    context,
    before && decodeTraining(before),
  );
}
