import { publishedLanguage } from '../../src/artifacts/hendel.ts';
import type { Hendel } from '../../src/artifacts/hendel.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { parseDatum, readJson } from '../outputs/files.ts';

/** What models answered here, beside what was published. Inputs: a score each. Outputs `data.json`. */
export function compareLanguageModels({ data, inputs }: NodeContext): Promise<Files> {
  const { tasks, models } = publishedLanguage.parse(parseDatum(data, 'published'));
  const runs = Object.values(inputs).map((input) =>
    readJson<Hendel['runs'][number]>(input, 'scores.json'),
  );
  return Promise.resolve(dataFile({ tasks, published: models, runs } satisfies Hendel));
}
