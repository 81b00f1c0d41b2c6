import * as tf from '@tensorflow/tfjs-core';
import type { Evidence, Files, NodeContext } from '../../src/lab/experiment.ts';
import type { TokenModelConfig } from '../../src/models/index.ts';
import { parameterCount } from '../../src/models/model.ts';
import type { Backbone } from '../../src/models/model.ts';
import { tokenModel } from '../../src/models/tokens.ts';
import type { TokenModel } from '../../src/models/tokens.ts';
import type { RandomStream } from '../../src/numerics/random.ts';
import { encode } from '../../src/numerics/safetensors.ts';
import type { SequenceShape, TokenBatch } from '../../src/tasks/tokens.ts';
import type { LossHistory, TrainingState } from '../../src/training/checkpoint.ts';
import { language } from '../../src/training/language.ts';
import type { Schedule, ScheduleName } from '../../src/training/schedule.ts';
import { train } from '../../src/training/train.ts';
import { replayed } from '../measuring/replay.ts';
import { jsonFile } from '../outputs/files.ts';

/** One method's training on sequences of tokens. */
export type TokenRun = {
  config: TokenModelConfig;
  steps: number;
  batch: number;
  /** Tokens of a sequence, at most. */
  length: number;
  learningRate: number;
  schedule: ScheduleName;
  /** Steps in which the learning rate grows to its peak. */
  warmup: number;
};

/** Draws sequences of a task. */
export type SequenceSampler<Task extends object = object> = (
  shape: SequenceShape,
  random: RandomStream,
  task: Task,
) => TokenBatch;

export type TrainTokensParameters = TokenRun & { task: object; lossEvery: number };

export type TokenTrainingCode = {
  backbone: (config: TokenModelConfig) => Backbone;
  sample: SequenceSampler;
  schedule: Schedule;
};

/** Contents of `training.json`. */
export type TokenTrainingRecord = {
  parameters: number;
  /** Numbers carried from token to token; absent where they grow. */
  state?: number;
  loss: LossHistory;
};

type Context = NodeContext<TrainTokensParameters, TokenTrainingCode>;

/** Trains a language model on a task's sequences. Outputs `weights.safetensors` and `training.json`. */
export async function trainTokens(context: Context): Promise<Files> {
  const { steps, config } = context.parameters;
  const { adam, history } = await trainUntil(context, steps);
  const state = stateSize(modelOf(context.uses.backbone, config));
  const record: TokenTrainingRecord = {
    parameters: parameterCount(adam.parameters),
    ...(state !== undefined && { state }),
    loss: history,
  };
  return { 'weights.safetensors': encode(adam.parameters), ...jsonFile('training.json', record) };
}

/** Trains again until the second loss is recorded, and compares with those of `training.json`. */
export function replayTokens(
  context: Context,
  recorded: Files,
  lastState?: Uint8Array,
): Promise<Evidence> {
  const { lossEvery, steps } = context.parameters;
  return replayed(
    (end, checkpoint) => trainUntil({ ...context, checkpoint }, end),
    { stop: Math.min(steps, 2 * lossEvery), until: steps, steps },
    recorded,
    lastState,
  );
}

export const modelOf = (
  backbone: TokenTrainingCode['backbone'],
  config: TokenModelConfig,
): TokenModel => tokenModel(backbone(config), config);

function trainUntil(context: Context, until: number): Promise<TrainingState> {
  const { config, task, batch, length, ...rest } = context.parameters;
  const { backbone, sample, schedule } = context.uses;
  const objective = language(modelOf(backbone, config), {
    sample: (shape, random) => sample(shape, random, task),
    batch,
    length,
  });
  return train({ ...rest, until, objective, schedule, seed: context.seed }, context);
}

function stateSize({ recurrent }: TokenModel): number | undefined {
  if (!recurrent) return undefined;
  const state = recurrent.initialState(1);
  const size = Object.values(state).reduce((sum, part) => sum + part.size, 0);
  tf.dispose(state);
  return size;
}
