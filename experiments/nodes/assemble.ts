import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext, NodeResult } from '../../src/lab/experiment.ts';
import type { EvaluatedCurve, EvaluateParameters } from './linear-regression.ts';

type Training = LearningCurves['trainings'][number];

export type AssembleParameters = {
  /** Points in a training prompt at the end of the curriculum. */
  trainedPoints: number;
  evaluation: EvaluateParameters;
  trainings: Pick<Training, 'method' | 'seed' | 'steps' | 'config'>[];
  baselines: string[];
};

const parse = (bytes: Uint8Array | undefined): unknown =>
  JSON.parse(new TextDecoder().decode(bytes));

/** The artifact's data: every curve of the inputs `evaluate/…`, and what their `train/…` recorded. */
export function assembleLearningCurves({
  parameters,
  inputs,
}: NodeContext<AssembleParameters>): Promise<Files> {
  const { trainedPoints, evaluation, trainings, baselines } = parameters;
  const data: LearningCurves = {
    d: evaluation.d,
    trainedPoints,
    prompts: evaluation.prompts,
    batch: evaluation.batch,
    promptSeed: evaluation.seed,
    evaluations: evaluation.inputs,
    confidence: evaluation.confidence,
    bootstrapTrials: evaluation.bootstrapTrials,
    k: Array.from({ length: evaluation.kMax + 1 }, (_, k) => k),
    curves: [
      ...trainings.flatMap(({ method, seed }) =>
        curvesOf(inputs[`evaluate/${method}-${seed}`]!, { method, seed }),
      ),
      ...baselines.flatMap((method) => curvesOf(inputs[`evaluate/${method}`]!, { method })),
    ],
    trainings: trainings.map((training) => ({
      ...training,
      ...recordOf(inputs[`train/${training.method}-${training.seed}`]!),
    })),
  };
  return Promise.resolve(dataFile(data));
}

function curvesOf(
  { files }: NodeResult,
  run: { method: string; seed?: number },
): LearningCurves['curves'] {
  const curves = parse(files['curves.json']) as Record<string, EvaluatedCurve>;
  return Object.entries(curves).map(([evaluation, curve]) => ({ ...run, evaluation, ...curve }));
}

function recordOf({ files, sha256, published }: NodeResult) {
  const { parameters, loss } = parse(files['training.json']) as Pick<
    Training,
    'parameters' | 'loss'
  >;
  const name = 'weights.safetensors';
  return { parameters, loss, weights: published[name]!, weightsSha256: sha256[name]! };
}
