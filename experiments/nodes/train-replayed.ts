import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { Sampler } from '../../src/tasks/evaluation.ts';
import { encode } from '../../src/training/safetensors.ts';
import { trainReplayed } from '../../src/training/train-replayed.ts';
import type { Build } from './code.ts';
import { jsonFile } from './files.ts';
import type { TrainParameters, TrainingRecord } from './train.ts';

/** As `trainModel`, to the same bytes, with the commands of a step replayed on a GPU: a model that draws nothing. */
export async function trainModelReplayed(
  context: NodeContext<TrainParameters, { build: Build; sample: Sampler }>,
): Promise<Files> {
  const { config, task, ...rest } = context.parameters;
  const { build, sample } = context.uses;
  const { weights, loss } = await trainReplayed(
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
