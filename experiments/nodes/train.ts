import type { Evidence, Files, InPage, NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { parameterCount } from '../../src/models/model.ts';
import type { ParameterValues } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
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
import { replayed } from '../measuring/replay.ts';
import { isSame, jsonFile, readJson } from '../outputs/files.ts';

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
 * among them, and over the last stretch.
 */
export function replayTraining(
  context: Context,
  recorded: Files,
  lastState?: Uint8Array,
): Promise<Evidence> {
  const { lossEvery, steps, until = steps, curriculum } = context.parameters;
  const grown = Math.max(...[curriculum.dims, curriculum.points].map(rampEnd));
  const stop = Math.min(until, lossEvery * (Math.ceil(grown / lossEvery) + 1));
  return replayed(
    (end, checkpoint) => trainUntil({ ...context, checkpoint }, end),
    { stop, until, steps },
    recorded,
    lastState,
  );
}

/** The recorded losses tell of a training that stops earlier; rounding grows as a training goes on. */
export const trainingInPage: InPage<TrainParameters> = {
  work: ({ steps, until = steps }) => until,
  tolerance: 0.02,
  recorded({ until, ...asked }, { parameters, outputs }) {
    const { until: last = parameters.steps, ...rest } = parameters;
    if (until === undefined || until > last || !isSame(asked, rest)) return undefined;
    const record = readJson<TrainingRecord>({ sha256: {}, files: outputs }, 'training.json');
    const losses = record.loss.step.filter((step) => step <= until).length;
    if (losses === 0) return undefined;
    const { step, value } = record.loss;
    const loss = { step: step.slice(0, losses), value: value.slice(0, losses) };
    return jsonFile('training.json', { ...record, loss });
  },
};

type Context = NodeContext<TrainParameters, TrainingCode>;

/** @throws Error where bytes are no state of this training: of another model, beyond its end, or with no numbers in it */
export function checkTraining(
  { parameters: { config, steps }, uses }: Pick<Context, 'parameters' | 'uses'>,
  bytes: Uint8Array,
): void {
  const { step, lossSum, adam } = decodeTraining(bytes);
  const { parameters, m = {}, v = {} } = adam;
  const shapes = (values: ParameterValues): string =>
    JSON.stringify(Object.entries(values).map(([name, { shape }]) => [name, shape]));
  const drawn = uses.build(config).init(RandomStream.fromSeed(0));
  if (step > steps) throw new Error(`expected ${steps} steps at most, got ${step}`);
  if (shapes(parameters) !== shapes(drawn))
    throw new Error(`expected the tensors of ${config.model}, got others`);
  for (const { values } of [parameters, m, v].flatMap((part) => Object.values(part)))
    if (!values.every(Number.isFinite)) throw new Error('expected numbers, got one that is none');
  if (!Number.isFinite(lossSum)) throw new Error(`expected a loss, got ${lossSum}`);
}

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
