import { node } from '../../src/lab/experiment.ts';
import type { Task } from '../../src/tasks/index.ts';
import { modelCode, samplerCodes, trainingCode } from './code.ts';
import { evaluateModel } from '../nodes/evaluate-model.ts';
import { INTERVAL } from '../settings/scale.ts';
import { checkTraining, replayTraining, trainModel } from '../nodes/train.ts';
import { moduleOf } from './training.ts';
import type { ModelRun } from './training.ts';

/** One of many trainings of which a few errors are all that is wanted. */
export interface Point {
  name: string;
  task: Task;
  run: ModelRun;
  seed: number;
  lossEvery: number;
  d: number;
  /** Numbers of examples after which its error is measured. */
  k: number[];
  prompts: number;
  batch: number;
  evaluationSeed: number;
  /** Under `public/`. */
  folder: string;
}

/** A training and its evaluation, by their ids. Weights stay in the store: nobody runs so many models again. */
export function pointOf({ name, task, run, seed, lossEvery, folder, ...point }: Point) {
  const { d, k, prompts, batch, evaluationSeed } = point;
  const training = node({
    id: `train/${name}`,
    module: moduleOf('train'),
    run: trainModel,
    replay: replayTraining,
    checkState: checkTraining,
    parameters: { ...run, task, lossEvery },
    seed,
    uses: trainingCode(run, task),
    publish: { 'training.json': `${folder}/${name}.training.json` },
  });
  const evaluations = { training: task };
  const evaluation = node({
    id: `evaluate/${name}`,
    module: moduleOf('evaluate-model'),
    run: evaluateModel,
    parameters: {
      evaluations,
      d,
      points: 25 * d + 1,
      k,
      queriedK: [],
      prompts,
      batch,
      seed: evaluationSeed,
      ...INTERVAL,
      config: run.config,
    },
    uses: { build: modelCode(run.config), ...samplerCodes(evaluations) },
    inputs: { training },
    publish: { 'curves.json': `${folder}/${name}.curves.json` },
  });
  return { [training.id]: training, [evaluation.id]: evaluation };
}
