import type { Evidence, Files, NodeContext } from '../../src/lab/experiment.ts';
import type { ParameterValues } from '../../src/models/model.ts';
import { relativeError } from '../../src/numerics/relative-error.ts';
import { decode } from '../../src/numerics/safetensors.ts';
import { decodeTraining } from '../../src/training/checkpoint.ts';
import type { LossHistory, TrainingState } from '../../src/training/checkpoint.ts';
import { readJson } from '../outputs/files.ts';

/** Trains until a step, from what the checkpoint holds. */
type Train = (until: number, checkpoint: NodeContext['checkpoint']) => Promise<TrainingState>;

/**
 * Trains again from the beginning until `stop`, and from the last state on the way, where it was kept, until the end;
 * compares the losses with those of `training.json`, and the end's weights with `weights.safetensors`.
 * @param steps of the whole schedule, of which this training took those before `until`
 */
export async function replayed(
  train: Train,
  { stop, until, steps }: { stop: number; until: number; steps: number },
  recorded: Files,
  lastState: Uint8Array | undefined,
): Promise<Evidence> {
  const { loss } = readJson<{ loss: LossHistory }>(
    { sha256: {}, files: recorded },
    'training.json',
  );
  const from = (state: Uint8Array | undefined) => ({
    load: () => Promise.resolve(state),
    save: () => Promise.resolve(),
  });
  const beginning = await train(stop, from(undefined));
  const last = lastState ? until - decodeTraining(lastState).step : 0;
  const end = last > 0 ? await train(until, from(lastState)) : undefined;
  const errors = [beginning, ...(end ? [end] : [])].flatMap(({ history }) =>
    lossErrors(history, loss),
  );
  const weights = end ? weightsError(end.adam.parameters, recorded['weights.safetensors']) : 0;
  const differs = errors.find(({ error }) => error !== 0);
  return {
    steps: stop,
    of: steps,
    ...(last > 0 && { last }),
    relativeError: Math.max(weights, ...errors.map(({ error }) => error)),
    ...((differs || weights > 0) && { firstDifference: differs?.step ?? until }),
  };
}

const lossErrors = ({ step, value }: LossHistory, recorded: LossHistory) =>
  value.map((here, i) => ({ step: step[i]!, error: Math.abs(here / recorded.value[i]! - 1) }));

/** Of the tensor that is furthest off; 0 where the recorded ones are not here. */
function weightsError(here: ParameterValues, recorded: Uint8Array | undefined): number {
  const there = recorded ? Object.entries(decode(recorded)) : [];
  const errors = there.map(([name, { values }]) => relativeError(here[name]?.values ?? [], values));
  return Math.max(0, ...errors);
}
