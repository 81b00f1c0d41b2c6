import { SPECIES } from '../../artifacts/telling-species.ts';

/** A bird as a learner sees it: its measurements, and which species it is. */
export interface Bird {
  measured: readonly number[];
  species: number;
}

/** Columns of the file that a learner is shown: millimetres, and the mass in grams. */
const MEASURED = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'] as const;

/** Classifies a bird by its measurements. */
export type Classifier = (measured: readonly number[]) => number;

/** The birds of `data/penguins.csv` that were measured whole. @throws Error naming a line that is not as expected */
export function readBirds(csv: string): Bird[] {
  const [head = '', ...lines] = csv.trim().split('\n');
  const columns = head.split(',');
  const places = ['species', ...MEASURED].map((name) => columns.indexOf(name));
  if (places.includes(-1))
    throw new Error(`penguins.csv: expected columns species, ${MEASURED.join(', ')}, got ${head}`);
  return lines.flatMap((line, i) => {
    const cells = line.split(',');
    const [name = '', ...texts] = places.map((place) => cells[place] ?? '');
    const species = SPECIES.findIndex((one) => one === name);
    if (species < 0)
      throw new Error(`penguins.csv:${i + 2}: expected ${SPECIES.join(', ')}, got ${name}`);
    return texts.includes('NA') ? [] : [{ species, measured: texts.map(Number) }];
  });
}

/** How many of these birds are of each species. */
export const countSpecies = (birds: readonly Bird[]): number[] =>
  SPECIES.map((_, species) => birds.filter((bird) => bird.species === species).length);
