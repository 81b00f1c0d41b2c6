import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RandomStream } from '#src/numerics/random.ts';
import { countSpecies, readBirds } from '../experiments/learners/birds.ts';
import type { Bird } from '../experiments/learners/birds.ts';
import { growForest } from '../experiments/learners/forest.ts';
import { fitLogistic } from '../experiments/learners/logistic.ts';

const csv = readFileSync(join(import.meta.dirname, '..', 'public', 'penguins.csv'), 'utf8');

test('birds without measurements are left out, and an unknown species is named with its line', () => {
  expect(countSpecies(readBirds(csv))).toEqual([151, 68, 123]);
  expect(() => readBirds(csv.replace('\nGentoo', '\nEmperor'))).toThrow(
    /penguins\.csv:\d+: .*got Emperor/,
  );
});

/** Three clouds in a row, along one measurement; the other is noise. */
function clouds(seed: number, each: number): Bird[] {
  const random = RandomStream.fromSeed(seed);
  return [0, 1, 2].flatMap((species) =>
    Array.from({ length: each }, () => ({
      species,
      measured: [10 * species + random.normal(), random.normal()],
    })),
  );
}

test.each([
  ['forest', (birds: Bird[]) => growForest(birds, 20, RandomStream.fromSeed(5))],
  ['logistic', (birds: Bird[]) => fitLogistic(birds, { steps: 300, decay: 1e-3 })],
] as const)('the %s learner tells clouds apart that lie far apart', (_, learn) => {
  const classify = learn(clouds(1, 15));
  const others = clouds(2, 20);
  expect(others.filter(({ measured, species }) => classify(measured) !== species)).toEqual([]);
});

test('of birds that measure the same, the species of most is what is said', () => {
  const alike = [0, 1, 1].map((species) => ({ species, measured: [1, 1] }));
  const votes = growForest(alike, 50, RandomStream.fromSeed(3));
  expect(votes([1, 1])).toBe(1);
});
