import { dataFile } from '#src/lab/experiment.ts';
import type { Files, NodeContext, NodeResult } from '#src/lab/experiment.ts';
import type { TellingSpecies } from '../../artifacts/telling-species.ts';
import { countSpecies, readBirds } from '../learners/birds.ts';
import type { Learnt } from './learn.ts';

export type CompareParameters = { sizes: number[]; tested: number };

const read = ({ files }: NodeResult): Learnt =>
  JSON.parse(new TextDecoder().decode(files['learnt.json'])) as Learnt;

/** Puts what the learners did beside the birds. Outputs `data.json`. */
export function compare({
  parameters: { sizes, tested },
  inputs,
  data,
}: NodeContext<CompareParameters>): Promise<Files> {
  const birds = readBirds(new TextDecoder().decode(data['penguins']));
  const learnt = Object.entries(inputs).map(([method, result]) => ({
    method,
    ...read(result),
  }));
  const result: TellingSpecies = {
    sizes,
    tested,
    species: countSpecies(birds),
    methods: learnt.map(({ method, errors }) => ({ method, errors })),
    birds: birds.map(({ species, measured: [length, depth] }, i) => ({
      species,
      billLength: length!,
      billDepth: depth!,
      tests: learnt[0]!.tests[i]!,
      mistakes: Object.fromEntries(learnt.map(({ method, mistakes }) => [method, mistakes[i]!])),
    })),
  };
  return Promise.resolve(dataFile(result));
}
