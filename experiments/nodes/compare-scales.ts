import type { Scaling } from '../../src/artifacts/scaling.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { EvaluatedCurves } from '../measuring/evaluate.ts';
import { readJson } from '../outputs/files.ts';
import type { TrainingRecord } from './train.ts';

export type CompareScalesParameters = Pick<Scaling, 'prompts' | 'confidence'> & {
  /** In the order of the data; `name` is that of the inputs `train/…` and `evaluate/…`. */
  runs: (Omit<Scaling['runs'][number], 'parameters' | 'error'> & { name: string })[];
};

/** The artifact's data: what each training reached after 2d examples. */
export function compareScales({
  parameters: { runs, ...rest },
  inputs,
}: NodeContext<CompareScalesParameters>): Promise<Files> {
  const data: Scaling = {
    ...rest,
    runs: runs.map(({ name, ...run }) => {
      const { parameters } = readJson<TrainingRecord>(inputs[`train/${name}`]!, 'training.json');
      const curves = readJson<EvaluatedCurves>(inputs[`evaluate/${name}`]!, 'curves.json');
      const { k, mean, low, high } = curves['training']!;
      const at = k.indexOf(2 * run.d);
      return { ...run, parameters, error: { mean: mean[at]!, low: low[at]!, high: high[at]! } };
    }),
  };
  return Promise.resolve(dataFile(data));
}
