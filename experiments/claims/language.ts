import { meanAccuracy, tasksAtAll } from '../../src/artifacts/hendel.ts';
import type { MeasuredModel } from '../../src/artifacts/hendel.ts';
import { check, last } from './claim.ts';
import type { ClaimTest, Finding } from './claim.ts';
import { NotRun } from './evidence.ts';

/**
 * Asked of the published accuracies and of what models answer here, by the same test. The criteria were set down with
 * the published numbers known, and before any model was asked here.
 */
type Models = readonly MeasuredModel[];

const SHOTS = 5;
/** What padding alone was seen to change, twice over: a smaller lead is none. */
const CLEAR = 0.05;

const two = (value: number): string => value.toFixed(2);

function named(models: Models, name: string): MeasuredModel {
  const found = models.find(({ model }) => model === name);
  if (found) return found;
  throw new NotRun(`${name} has not been asked.`);
}

function meanOf(model: MeasuredModel, shots = SHOTS, tasks?: readonly number[]): number {
  const mean = meanAccuracy(model, shots, tasks);
  if (mean !== undefined) return mean;
  throw new NotRun(`${model.model} has not been asked with ${shots} examples.`);
}

const all = (models: Models, names: readonly string[]): MeasuredModel[] =>
  names.map((name) => named(models, name));

/** Each value less the one before. */
const steps = (values: readonly number[]): number[] =>
  values.slice(1).map((value, i) => value - values[i]!);

const inWords = (names: readonly string[], values: readonly number[]): string =>
  names.map((name, i) => `${name} ${two(values[i]!)}`).join(', ');

const MAMBA = ['Mamba 130M', 'Mamba 370M', 'Mamba 790M', 'Mamba 1.4B', 'Mamba 2.8B'];
const RWKV = ['RWKV-4 169M', 'RWKV-4 430M', 'RWKV-4 1.5B', 'RWKV-4 3B'];

const language = (
  words: Omit<ClaimTest, 'test' | 'ofPublished' | 'source'> & { source?: string },
  test: (models: Models) => Finding,
): ClaimTest => ({
  source: 'figure 6',
  ...words,
  test: (evidence) => test(evidence.languageModels('run here')),
  ofPublished: (evidence) => test(evidence.languageModels('published')),
});

const growsWithSize = (id: string, family: string, names: readonly string[], published: string) =>
  language(
    {
      id,
      claim: `The larger the ${family} model, the better it learns tasks of language in context.`,
      criterion: `With ${SHOTS} examples, mean accuracy over the 18 tasks rises from each of ${names.join(', ')} to the next.`,
      published,
    },
    (models) => {
      const means = all(models, names).map((model) => meanOf(model));
      const rises = steps(means);
      return {
        checks: [
          check(
            `${family}, least rise to the next size`,
            rises,
            'more than',
            0,
            Math.min(...rises),
          ),
        ],
        ours: inWords(names, means),
      };
    },
  );

const size: ClaimTest[] = [
  growsWithSize('C17a', 'Mamba', MAMBA, '.54, .72, .80, .81, .85'),
  growsWithSize('C17b', 'RWKV-4', RWKV, '.30, .55, .71, .76'),
  growsWithSize('C17c', 'LLaMA', ['LLaMA 7B', 'LLaMA 13B', 'LLaMA 30B'], '.86, .87, .90'),
  growsWithSize('C17d', 'Pythia', ['Pythia 2.8B', 'Pythia 6.9B', 'Pythia 12B'], '.83, .82, .82'),
];

/** How the mean accuracy of Mamba 2.8B differs from that of each. */
function beside(models: Models, names: readonly string[]) {
  const mamba = meanOf(named(models, 'Mamba 2.8B'));
  const means = all(models, names).map((model) => meanOf(model));
  return {
    differences: means.map((mean) => mean - mamba),
    ours: inWords(['Mamba 2.8B', ...names], [mamba, ...means]),
  };
}

const transformers: ClaimTest[] = [
  language(
    {
      id: 'C18a',
      claim: 'Mamba 2.8B comes close to LLaMA 7B.',
      criterion: `With ${SHOTS} examples, mean accuracy over the 18 tasks is at most ${CLEAR} below that of LLaMA 7B.`,
      published: 'Mamba 2.8B .85, LLaMA 7B .86',
    },
    (models) => {
      const { differences, ours } = beside(models, ['LLaMA 7B']);
      return { checks: [check('LLaMA 7B over Mamba 2.8B', differences, 'at most', CLEAR)], ours };
    },
  ),
  language(
    {
      id: 'C18b',
      claim: 'It is on a par with GPT-J and Pythia.',
      criterion: `With ${SHOTS} examples, mean accuracy over the 18 tasks is within ${CLEAR} of that of GPT-J 6B, and of Pythia 2.8B, 6.9B and 12B.`,
      published: 'Mamba 2.8B .85, GPT-J .81, Pythia .82 to .83',
    },
    (models) => {
      const { differences, ours } = beside(models, [
        'GPT-J 6B',
        'Pythia 2.8B',
        'Pythia 6.9B',
        'Pythia 12B',
      ]);
      const distances = differences.map(Math.abs);
      return {
        checks: [
          check(
            'largest distance from Mamba 2.8B',
            distances,
            'at most',
            CLEAR,
            Math.max(...distances),
          ),
        ],
        ours,
      };
    },
  ),
];

/** Models of about the same size. */
const PAIRS = [
  ['Mamba 130M', 'RWKV-4 169M'],
  ['Mamba 370M', 'RWKV-4 430M'],
  ['Mamba 1.4B', 'RWKV-4 1.5B'],
  ['Mamba 2.8B', 'RWKV-4 3B'],
] as const;

const recurrent = language(
  {
    id: 'C19',
    claim: 'Mamba is better than RWKV at every size.',
    criterion: `With ${SHOTS} examples, mean accuracy over the 18 tasks is at least ${CLEAR} above that of the RWKV-4 of about its size, for each of ${PAIRS.map((pair) => pair.join(' and ')).join(', ')}.`,
    published: 'ahead by .24, .17, .10, .09',
  },
  (models) => {
    const leads = PAIRS.map((pair) => {
      const [mamba, rwkv] = all(models, pair).map((model) => meanOf(model));
      return mamba! - rwkv!;
    });
    return {
      checks: [check('Mamba over RWKV-4, least', leads, 'at least', CLEAR, Math.min(...leads))],
      ours: `ahead by ${leads.map(two).join(', ')}`,
    };
  },
);

const DOUBLINGS = [1, 2, 4, 8, 16, 32, 64, 128];

/** Mean accuracies with each number of examples, over the tasks that all models are asked with all of them. */
function sweep(models: readonly MeasuredModel[]): number[][] {
  const asked = models.map((model) => tasksAtAll(model, DOUBLINGS));
  const [first = []] = asked;
  const tasks = first.filter((task) => asked.every((own) => own.includes(task)));
  return models.map((model) => DOUBLINGS.map((shots) => meanOf(model, shots, tasks)));
}

const keepsEdge = (id: string, [mamba, rwkv]: readonly [string, string], published: string) =>
  language(
    {
      id,
      claim: `As examples grow in number, ${mamba} keeps its lead over ${rwkv}.`,
      source: 'figure 7',
      criterion: `With 1, 2, 4, … 128 examples, its mean accuracy is higher, over the tasks that have inputs enough for all of these.`,
      published,
    },
    (models) => {
      const [own, other] = sweep(all(models, [mamba, rwkv]));
      const leads = own!.map((mean, i) => mean - other![i]!);
      return {
        checks: [check(`${mamba} over ${rwkv}, least`, leads, 'more than', 0, Math.min(...leads))],
        ours: `ahead by ${two(Math.min(...leads))} to ${two(Math.max(...leads))}`,
      };
    },
  );

const PLOTTED = ['Mamba 370M', 'Mamba 2.8B', 'RWKV-4 430M', 'RWKV-4 3B'];

const shots: ClaimTest[] = [
  keepsEdge('C20a', ['Mamba 370M', 'RWKV-4 430M'], 'ahead by .13 to .19'),
  keepsEdge('C20b', ['Mamba 2.8B', 'RWKV-4 3B'], 'ahead by .03 to .06'),
  language(
    {
      id: 'C20c',
      claim: 'More examples help, up to some sixteen.',
      source: 'figure 7',
      criterion: `With every doubling from 1 to 16 examples, mean accuracy rises for each of ${PLOTTED.join(', ')}, over the tasks that have inputs enough for 128 examples.`,
      published: null,
    },
    (models) => {
      const means = sweep(all(models, PLOTTED)).map((own) => own.slice(0, 5));
      const rises = means.flatMap(steps);
      return {
        checks: [check('least rise to twice as many', rises, 'more than', 0, Math.min(...rises))],
        ours: means
          .map((own, i) => `${PLOTTED[i]} ${two(own[0]!)} to ${two(last(own))}`)
          .join(', '),
      };
    },
  ),
  language(
    {
      id: 'C20d',
      claim: 'Beyond that they hardly do.',
      source: 'figure 7',
      criterion: `From 16 to 128 examples, mean accuracy rises by at most ${CLEAR} for each of ${PLOTTED.join(', ')}, over the same tasks.`,
      published: null,
    },
    (models) => {
      const means = sweep(all(models, PLOTTED)).map((own) => own.slice(4));
      const rises = means.map((own) => last(own) - own[0]!);
      return {
        checks: [check('largest rise', rises, 'at most', CLEAR, Math.max(...rises))],
        ours: means
          .map((own, i) => `${PLOTTED[i]} ${two(own[0]!)} to ${two(last(own))}`)
          .join(', '),
      };
    },
  ),
];

export const LANGUAGE: readonly ClaimTest[] = [...size, ...transformers, recurrent, ...shots];
