import type { TokenCurves } from '../../src/artifacts/token-curves.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { MeasuredCurve } from '../measuring/token-curves.ts';
import { readJson } from '../outputs/files.ts';
import type { TokenTrainingRecord } from './train-tokens.ts';

type Training = TokenCurves['trainings'][number];

export type AssembleTokensParameters = Omit<TokenCurves, 'curves' | 'trainings'> & {
  trainings: Omit<Training, 'parameters' | 'state' | 'weightsSha256' | 'loss'>[];
  baselines: string[];
};

/** The artifact's data: the curves of the inputs `evaluate/…`, and what their `train/…` recorded. */
export function assembleTokens({
  parameters: { trainings, baselines, ...shared },
  inputs,
}: NodeContext<AssembleTokensParameters>): Promise<Files> {
  const curveOf = (name: string): MeasuredCurve =>
    readJson<MeasuredCurve>(inputs[`evaluate/${name}`]!, 'curve.json');
  const data: TokenCurves = {
    ...shared,
    curves: [
      ...trainings.map(({ method, seed }) => ({
        method,
        seed,
        on: 'training',
        ...curveOf(`${method}-${seed}`),
      })),
      ...baselines.map((method) => ({ method, on: 'training', ...curveOf(method) })),
    ],
    trainings: trainings.map((training) => {
      const result = inputs[`train/${training.method}-${training.seed}`]!;
      const record = readJson<TokenTrainingRecord>(result, 'training.json');
      return { ...training, ...record, weightsSha256: result.sha256['weights.safetensors']! };
    }),
  };
  return Promise.resolve(dataFile(data));
}
