import type { Pilots } from '../../src/artifacts/pilots.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { EvaluatedCurves } from '../measuring/evaluate.ts';
import { rounded } from '../../src/numerics/statistics.ts';
import { readJson } from '../outputs/files.ts';

type Run = Pilots['runs'][number];

export type ChoosePilotsParameters = Omit<Pilots, 'runs' | 'chosen'> & {
  /** `name` is that of the input `evaluate/…`. */
  runs: (Omit<Run, 'error' | 'last'> & { name: string })[];
};

/** The artifact's data: what each pilot reached, and which settings of each architecture reached most. */
export function choosePilots({
  parameters: { runs, ...rest },
  inputs,
}: NodeContext<ChoosePilotsParameters>): Promise<Files> {
  const measured = runs.map(({ name, ...settings }): Run => {
    const { mean } = readJson<EvaluatedCurves>(inputs[`evaluate/${name}`]!, 'curves.json')[
      'training'
    ]!;
    const error = mean.reduce((sum, value) => sum + value, 0) / mean.length;
    return { ...settings, error: rounded(error), last: mean.at(-1) };
  });
  const chosen: Pilots['chosen'] = {};
  for (const [method, own] of Map.groupBy(measured, (run) => run.method)) {
    const { learningRate, warmup, dropout } = own.reduce((a, b) => (b.error < a.error ? b : a));
    chosen[method] = { learningRate, warmup, ...(dropout !== undefined && { dropout }) };
  }
  return Promise.resolve(dataFile({ ...rest, runs: measured, chosen } satisfies Pilots));
}
