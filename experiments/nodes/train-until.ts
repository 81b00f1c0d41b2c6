import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { Sampler } from '../../src/tasks/evaluation.ts';
import { decodeTraining, encodeTraining } from '../../src/training/checkpoint.ts';
import { encode } from '../../src/training/safetensors.ts';
import { drawsInForward, trainUntil } from '../../src/training/train-until.ts';
import type { Build } from './code.ts';
import { jsonFile } from './files.ts';
import type { TrainParameters, TrainingRecord } from './train.ts';

export type PartParameters = TrainParameters & { until: number };

/**
 * As `trainModel`, to the same bytes, with the commands of a step replayed on a GPU, until a given step. A part that
 * ends before the last step also outputs `state.bin`, with which the next, whose input `before` it is, goes on.
 */
export async function trainModelUntil(
  context: NodeContext<PartParameters, { build: Build; sample: Sampler }>,
): Promise<Files> {
  const { config, task, ...rest } = context.parameters;
  const { build, sample } = context.uses;
  const before = context.inputs['before']?.files['state.bin'];
  const state = await trainUntil(
    {
      ...rest,
      model: build(config),
      draws: drawsInForward(config),
      sample: (shape, random) => sample(shape, random, task),
      d: config.n_dims,
      seed: context.seed,
    },
    context,
    before && decodeTraining(before),
  );
  const weights = state.adam.parameters;
  const parameters = Object.values(weights).reduce((sum, { values }) => sum + values.length, 0);
  const record: TrainingRecord = { parameters, loss: state.history };
  return {
    'weights.safetensors': encode(weights),
    ...jsonFile('training.json', record),
    ...(rest.until < rest.steps && { 'state.bin': encodeTraining(state) }),
  };
}
