import type { Preset } from '#src/artifacts/artifact.ts';
import type { Check, Claim } from '#src/artifacts/claims.ts';
import { passes } from '#src/artifacts/strain.ts';
import { dataFile } from '#src/lab/experiment.ts';
import type { Files, NodeContext } from '#src/lab/experiment.ts';
import { errorOf, tellingSpecies } from '../../artifacts/telling-species.ts';
import type { TellingSpecies } from '../../artifacts/telling-species.ts';

interface ClaimTest extends Pick<Claim, 'id' | 'claim' | 'source' | 'criterion' | 'published'> {
  birds: number;
  check(found: TellingSpecies, birds: number): Check;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** How many times the one method errs as often as the other, after so many birds. */
const timesAsOften = (found: TellingSpecies, one: string, other: string, birds: number): number =>
  errorOf(found, one, birds) / errorOf(found, other, birds);

/** Written down before the experiment was run. */
const TESTS: readonly ClaimTest[] = [
  {
    id: 'P1',
    claim: 'With ten birds to learn from, logistic regression errs less than a forest.',
    source: 'section 3',
    criterion: 'Its mean error over the splits is at least a fifth lower.',
    published: null,
    birds: 10,
    check: (found, birds) => {
      const value = timesAsOften(found, 'logistic', 'forest', birds);
      return {
        of: 'logistic regression over forest, ten birds',
        values: [value],
        value,
        is: 'at most',
        bound: 0.8,
      };
    },
  },
  {
    id: 'P2',
    claim: 'With enough birds the forest catches up.',
    source: 'section 3',
    criterion: 'With 160 birds its mean error is at most that of logistic regression.',
    published: null,
    birds: 160,
    check: (found, birds) => {
      const value = timesAsOften(found, 'forest', 'logistic', birds);
      return {
        of: 'forest over logistic regression, 160 birds',
        values: [value],
        value,
        is: 'at most',
        bound: 1,
      };
    },
  },
];

/** Holds every claim against the artifact. Outputs `data.json`. */
export function judge({ parameters, data }: NodeContext<{ preset: Preset }>): Promise<Files> {
  const found = tellingSpecies.parse(JSON.parse(new TextDecoder().decode(data['species'])));
  const { preset } = parameters;
  const command = `npm run lab -- run telling-species --preset ${preset}`;
  const claims: Claim[] = TESTS.map(({ check, birds, ...words }) => {
    const checks = [check(found, birds)];
    const [forest, logistic] = ['forest', 'logistic'].map((one) => errorOf(found, one, birds));
    return {
      ...words,
      ours: `forest ${percent(forest!)}, logistic regression ${percent(logistic!)}`,
      checks,
      verdict: passes(checks) ? 'holds' : 'does not hold',
      preset,
      traces: [{ artifact: 'telling-species', seeds: [1], command }],
    };
  });
  return Promise.resolve(dataFile({ claims }));
}
