import type { Preset } from '../../src/artifacts/artifact.ts';
import { node } from '../../src/lab/experiment.ts';
import type { Node } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import type { Ramp } from '../../src/training/curriculum.ts';
import type { ScheduleName } from '../../src/training/schedule.ts';
import { checkTraining, replayTraining, trainModel, trainingInPage } from '../nodes/train.ts';
import { resourcesOf } from '../settings/resources.ts';
import { scaleOf } from '../settings/scale.ts';
import { trainingCode } from './code.ts';

/** One method's training. */
export type ModelRun = {
  config: ModelConfig;
  steps: number;
  learningRate: number;
  schedule: ScheduleName;
  /** Steps in which the learning rate grows to its peak; none if absent. */
  warmup?: number;
  batch: number;
  curriculum: { dims: Ramp; points: Ramp };
  /**
   * Where the training is carried in parts: after how many steps each ends, ascending. It stops for good after the
   * last, and a part added later goes on from there.
   */
  parts?: number[];
};

/** Where a training belongs, and what the trainings there share. */
export interface TrainingPlace {
  experiment: string;
  preset: Preset;
  parameters: { task: Task; lossEvery: number };
}

/** The module of a node's `run`. */
export const moduleOf = (name: string): string => import.meta.resolve(`../nodes/${name}.ts`);

/** Where outputs are committed: `mamba-1.safetensors` for the weights, `mamba-1.training.json`, … */
export const published = (
  { experiment, preset }: TrainingPlace,
  name: string,
  files: readonly string[],
) =>
  Object.fromEntries(
    files.map((file) => {
      const ending = file === 'weights.safetensors' ? 'safetensors' : file;
      return [file, `weights/${experiment}.${preset}/${name}.${ending}`];
    }),
  );

/** One training: a node for each of its parts, of which the last is returned. */
export function trainingOf(
  place: TrainingPlace,
  method: string,
  run: ModelRun,
  seed: number,
): Node {
  const { task, lossEvery } = place.parameters;
  const { parts = [run.steps], ...rest } = run;
  const { largeTrainings } = scaleOf(place.preset);
  const name = `${method}-${seed}`;
  checkParts(parts, run.steps, lossEvery, `${place.experiment}.${place.preset} ${method}`);
  const upTo = (i: number): Node => {
    const until = parts[i]!;
    const part = until === run.steps ? name : `${name}-until-${until}`;
    return node({
      id: `train/${part}`,
      module: moduleOf('train'),
      run: trainModel,
      replay: replayTraining,
      checkState: checkTraining,
      parameters: {
        ...rest,
        task,
        lossEvery,
        ...((largeTrainings || run.parts !== undefined) && { until }),
      },
      seed,
      uses: trainingCode(run, task),
      inputs: i > 0 ? { before: upTo(i - 1) } : {},
      publish: published(
        place,
        part,
        largeTrainings ? ['training.json'] : ['weights.safetensors', 'training.json'],
      ),
      page: trainingInPage,
      ...resourcesOf(place.preset, 'training'),
    });
  };
  return upTo(parts.length - 1);
}

function checkParts(
  parts: readonly number[],
  steps: number,
  lossEvery: number,
  where: string,
): void {
  const fits = (until: number, i: number): boolean =>
    until > (parts[i - 1] ?? 0) && (until === steps || (until < steps && until % lossEvery === 0));
  if (parts.length > 0 && parts.every(fits)) return;
  throw new Error(
    `${where}: expected parts that end after ascending multiples of ${lossEvery} steps, where the loss is ` +
      `recorded, or after all ${steps}, got ${parts.join(', ') || 'none'}; correct its parts`,
  );
}
