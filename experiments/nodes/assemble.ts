import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext, NodeResult } from '../../src/lab/experiment.ts';
import type { EvaluatedCurves, EvaluateParameters } from '../measuring/evaluate.ts';
import { readJson } from '../outputs/files.ts';
import type { TrainingRecord } from './train.ts';

type Training = LearningCurves['trainings'][number];
type Run = { method: string; seed: number };

export type AssembleParameters = {
  trainedPoints: number;
  evaluation: EvaluateParameters;
  trainings: Omit<Training, 'parameters' | 'weightsSha256' | 'loss'>[];
  baselines: string[];
};

/**
 * The artifact's data: every curve of the inputs `evaluate/…`, what their `train/…` recorded, and what the inputs
 * `probe/…` and `order/…` found, where there are any.
 */
export function assembleLearningCurves({
  parameters,
  inputs,
}: NodeContext<AssembleParameters>): Promise<Files> {
  const { trainedPoints, evaluation, trainings, baselines } = parameters;
  const found = <Value>(name: string, file: string, run: Run): (Value & Run)[] => {
    const result = inputs[`${name}/${run.method}-${run.seed}`];
    return result ? readJson<Value[]>(result, file).map((value) => ({ ...run, ...value })) : [];
  };
  const runs = trainings.map(({ method, seed }): Run => ({ method, seed }));
  const data: LearningCurves = {
    d: evaluation.d,
    trainedPoints,
    prompts: evaluation.prompts,
    batch: evaluation.batch,
    points: evaluation.points,
    promptSeed: evaluation.seed,
    evaluations: evaluation.evaluations,
    confidence: evaluation.confidence,
    bootstrapTrials: evaluation.bootstrapTrials,
    curves: [
      ...runs.flatMap((run) => curvesOf(inputs[`evaluate/${run.method}-${run.seed}`]!, run)),
      ...baselines.flatMap((method) => curvesOf(inputs[`evaluate/${method}`]!, { method })),
    ],
    trainings: trainings.map((training) => ({
      ...training,
      ...recordOf(inputs[`train/${training.method}-${training.seed}`]!),
    })),
    probes: runs.flatMap((run) => found('probe', 'probes.json', run)),
    order: runs.flatMap((run) => found('order', 'order.json', run)),
  };
  return Promise.resolve(dataFile(data));
}

const curvesOf = (
  result: NodeResult,
  run: { method: string; seed?: number },
): LearningCurves['curves'] =>
  Object.entries(readJson<EvaluatedCurves>(result, 'curves.json')).map(([evaluation, curve]) => ({
    ...run,
    evaluation,
    ...curve,
  }));

function recordOf(result: NodeResult) {
  const { parameters, loss } = readJson<TrainingRecord>(result, 'training.json');
  return { parameters, loss, weightsSha256: result.sha256['weights.safetensors']! };
}
