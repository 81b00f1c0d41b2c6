import type { PublishedScale } from '../../src/artifacts/published-scale.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { Sampler } from '../../src/tasks/evaluation.ts';
import { rampAt } from '../../src/training/schedule.ts';
import { trainReplayed } from '../../src/training/train-replayed.ts';
import type { Build } from './code.ts';
import { jsonFile, readJson, rounded } from './files.ts';
import type { TrainParameters } from './train.ts';

export type StartParameters = TrainParameters & { method: 'mamba' | 'gpt2'; until: number };

/** The first `until` steps of a training, as they are in the whole of it. Outputs `start.json`. */
export async function trainStart(
  context: NodeContext<StartParameters, { build: Build; sample: Sampler }>,
): Promise<Files> {
  const { config, task, method, until, ...rest } = context.parameters;
  const { build, sample } = context.uses;
  const { weights, loss } = await trainReplayed(
    {
      ...rest,
      until,
      model: build(config),
      sample: (shape, random) => sample(shape, random, task),
      d: config.n_dims,
      seed: context.seed,
    },
    context,
  );
  // A span of the history ends with its step; the curriculum grows between spans.
  const dims = loss.step.map((step) => rampAt(rest.curriculum.dims, step - 1));
  const start: PublishedScale['runs'][number] = {
    method,
    seed: context.seed,
    steps: until,
    of: rest.steps,
    step: loss.step,
    dims,
    parameters: Object.values(weights).reduce((sum, { values }) => sum + values.length, 0),
    loss: loss.value.map((value, i) => rounded((value * config.n_dims) / dims[i]!)),
  };
  return jsonFile('start.json', start);
}

/** The artifact's data, of the runs among its inputs. */
export function assembleStarts({
  parameters,
  inputs,
}: NodeContext<Pick<PublishedScale, 'd' | 'batch'>>): Promise<Files> {
  const runs = Object.values(inputs).map((input) =>
    readJson<PublishedScale['runs'][number]>(input, 'start.json'),
  );
  const data: PublishedScale = { ...parameters, runs };
  return Promise.resolve(dataFile(data));
}
