import { describe, expect, test } from 'vitest';
import { median, shown } from '../../experiments/claims/claim.ts';
import { Evidence, NotRun } from '../../experiments/claims/evidence.ts';
import { CLAIM_TESTS, judgeAll } from '../../experiments/claims/judge.ts';
import { ARTIFACT_SCHEMA } from '../../src/artifacts/artifact.ts';
import { claimLedger } from '../../src/artifacts/claims.ts';
import { passes } from '../../src/artifacts/strain.ts';
import type { Hendel } from '../../src/artifacts/hendel.ts';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import { exampleData } from '../components/example-data.ts';

const HASH = 'a'.repeat(64);
const K = Array.from({ length: 51 }, (_, k) => k);
const SKEWED = 'skewed-linear-regression';

/** An artifact file of skewed regression with d = 2. */
const file = (own: Partial<LearningCurves>, id = SKEWED) => ({
  schema: ARTIFACT_SCHEMA,
  id,
  preset: 'small',
  data: { ...exampleData, ...own },
  provenance: {
    key: HASH,
    commit: '',
    dirty: false,
    command: 'test',
    parameters: {},
    seeds: [],
    inputs: {},
    runtime: { backend: 'cpu', adapter: 'test', software: false, packages: {} },
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 0,
  },
});

/** Error 1 − k/d down to 0, plus `extra(k)` from k = 1 on. */
const curve = (method: string, seed: number | undefined, extra: (k: number) => number) => {
  const mean = K.map((k) => Math.max(0, 1 - k / 2) + (k > 0 ? extra(k) : 0));
  const own = seed === undefined ? {} : { seed };
  const values = { k: K, mean, firstBatch: mean, low: mean, high: mean, prompts: 1 };
  return ['training', 'isotropic', 'noisy'].map((evaluation) => ({
    method,
    ...own,
    evaluation,
    ...values,
  }));
};
const least = curve('least-squares', undefined, () => 0);

const verdict = (id: string, ...files: ReturnType<typeof file>[]) => {
  const claims = judgeAll(CLAIM_TESTS, new Map(files.map(({ id, data }) => [id, data])), 'small');
  return claims.find((claim) => claim.id === id)!;
};

const runs = (method: string, extras: readonly number[]) =>
  extras.flatMap((extra, i) => curve(method, i + 1, () => extra));

test('without artifacts nothing has been run, and the ledger is valid all the same', () => {
  const claims = judgeAll(CLAIM_TESTS, new Map(), 'small');
  expect(claimLedger.parse({ claims }).claims.length).toBeGreaterThanOrEqual(40);
  expect(new Set(claims.map((claim) => claim.verdict))).toEqual(new Set(['not run']));
  expect(claims[0]!.remark).toContain(SKEWED);
});

test('every claim of the paper has a part, in its order', () => {
  const numbers = CLAIM_TESTS.map(({ id }) => /^C(\d+)/.exec(id)?.[1])
    .filter(Boolean)
    .map(Number);
  expect([...new Set(numbers)]).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
});

describe('the gap to least squares', () => {
  test.each([
    ['C1a', 'mamba', [0.01, 0.049, 0.3], 'holds'],
    ['C1a', 'mamba', [0.01, 0.051, 0.3], 'does not hold'],
    ['C1b', 'gpt2', [0.01, 0.079, 0.3], 'holds'],
    ['C1b', 'gpt2', [0.01, 0.081, 0.3], 'does not hold'],
  ] as const)('%s: %s with %j more: %s', (id, method, extras, expected) => {
    const claim = verdict(id, file({ curves: [...least, ...runs(method, extras)] }));
    expect(claim.verdict).toBe(expected);
    expect(claim.preset).toBe('small');
    expect(claim.traces).toEqual([
      {
        artifact: SKEWED,
        reads: ['curves on training'],
        seeds: [1, 2, 3],
        command: `npm run lab -- run ${SKEWED} --preset small`,
      },
    ]);
  });

  test('the criterion is there in numbers: what each run measured, what counts, and the bound', () => {
    const claim = verdict('C1a', file({ curves: [...least, ...runs('mamba', [0.01, 0.04, 0.3])] }));
    expect(claim.checks).toMatchObject([
      { of: 'Mamba over least squares', values: [0.01, 0.04, 0.3], value: 0.04, bound: 0.05 },
    ]);
    expect(passes(claim.checks!)).toBe(true);
    expect(passes(claim.checks!, 0.79)).toBe(false);
  });

  test('a tenth of what predicting 0 costs is the most on noisy targets', () => {
    const at = (extra: number) =>
      verdict('C2b', file({ curves: [...least, ...runs('mamba', [extra]), ...runs('gpt2', [0])] }));
    expect(at(0.09).verdict).toBe('holds');
    expect(at(0.11).verdict).toBe('does not hold');
  });

  test('an artifact without the curve leaves the claim not run, and says what is missing', () => {
    const claim = verdict('C2c', file({ curves: [...least, ...runs('mamba', [0])] }));
    expect(claim).toMatchObject({ verdict: 'not run', ours: null, preset: null, traces: [] });
    expect(claim.remark).toContain('orthants');
  });

  test('data of another kind is an error, not a verdict', () => {
    expect(() => judgeAll(CLAIM_TESTS, new Map([[SKEWED, { id: SKEWED }]]), 'small')).toThrow(
      `claims: expected the data of ${SKEWED}`,
    );
  });
});

test('past the training length each run counts for Mamba, two thirds for the Transformer', () => {
  const late = (method: string, rises: readonly number[]) =>
    rises.flatMap((rise, i) => curve(method, i + 1, (k) => (k === 50 ? rise : 0.04)));
  const of = (id: string, mamba: number[], gpt2: number[]) =>
    verdict(id, file({ curves: [...least, ...late('mamba', mamba), ...late('gpt2', gpt2)] }))
      .verdict;
  expect(of('C4a', [0.2, 0.5], [1])).toBe('holds');
  expect(of('C4a', [0.2, 0.09], [1])).toBe('does not hold');
  expect(of('C4b', [1], [0.05, 0.1, 2])).toBe('holds');
  expect(of('C4b', [1], [0.05, 0.2, 2])).toBe('does not hold');
  expect(of('C4c', [0.2, 0.3, 9], [0.1, 0.2, 9])).toBe('holds');
  expect(of('C4c', [0.1], [0.2])).toBe('does not hold');
});

const spread = (mean: number, sd = 0) => ({ mean, low: mean, high: mean, sd });
const probe = (method: string, k: number, errors: readonly number[], scale = 1) => ({
  method,
  seed: 1,
  k,
  tasks: 1,
  fitted: 1,
  tested: 1,
  layers: errors.map((error, l) => ({
    depth: l / (errors.length - 1),
    error: spread(error),
    decoded: spread(error),
    scale: spread(scale, errors.length - l),
    shift: spread(0),
  })),
});

describe('layers', () => {
  test('a straight fall on a logarithmic axis holds, a late one does not', () => {
    const of = (errors: number[]) =>
      verdict('C11a', file({ curves: least, probes: [probe('gpt2', 4, errors)] }));
    expect(of([1, 0.1, 0.01, 0.001])).toMatchObject({
      verdict: 'holds',
      ours: expect.stringContaining('1') as string,
    });
    expect(of([1, 1, 1, 0.001]).verdict).toBe('does not hold');
    expect(of([0.001, 0.01, 0.1, 1]).verdict).toBe('does not hold');
  });

  test('the last layer undoes what the best had found', () => {
    const of = (errors: number[]) =>
      verdict('C15b', file({ curves: least, probes: [probe('mamba', 16, errors)] })).verdict;
    expect(of([1, 0.1, 0.3])).toBe('holds');
    expect(of([1, 0.2, 0.3])).toBe('does not hold');
  });

  test('the scale is 1 at the end', () => {
    const of = (scale: number) =>
      verdict(
        'C16a',
        file({
          curves: least,
          probes: ['mamba', 'gpt2'].map((method) => probe(method, 4, [1, 0.1], scale)),
        }),
      ).verdict;
    expect(of(1.05)).toBe('holds');
    expect(of(0.8)).toBe('does not hold');
  });
});

describe('language models', () => {
  const SHOTS = [1, 2, 4, 5, 8, 16, 32, 64, 128];
  /** As accurate on both tasks, whatever the number of examples; the second has no inputs for more than 16. */
  const asked = (levels: Record<string, number>, gain = 0) =>
    Object.entries(levels).map(([model, level]) => ({
      model,
      architecture: 'mamba',
      parameters: 1,
      prompts: 1,
      accuracies: SHOTS.map((shots) => {
        const accuracy = level + gain * Math.log2(Math.min(shots, 16));
        return { shots, byTask: [accuracy, shots > 16 ? null : 0] };
      }),
    }));
  const published = (levels: Record<string, number>, gain?: number) =>
    asked(levels, gain).map((one) => ({ ...one, corpus: 'Pile', from: 'table 1' as const }));
  const here = (levels: Record<string, number>) =>
    asked(levels).map((one) => ({
      ...one,
      repository: 'a/b',
      revision: null,
      padding: 'none' as const,
      translations: 'exact' as const,
    }));
  const judged = (id: string, data: Partial<Hendel>) => {
    const hendel = { tasks: ['a', 'b'], published: [], runs: [], ...data };
    const claims = judgeAll(CLAIM_TESTS, new Map([['hendel', hendel]]), 'small');
    return claims.find((claim) => claim.id === id)!;
  };
  const sizes = (last: number) => ({ 'LLaMA 7B': 0.5, 'LLaMA 13B': 0.6, 'LLaMA 30B': last });

  test('a verdict on the published numbers is none on ours', () => {
    const claim = judged('C17c', { published: published(sizes(0.7)) });
    expect(claim).toMatchObject({ verdict: 'not run', ours: null, preset: null, traces: [] });
    expect(claim.remark).toContain('No language model');
    expect(claim.ofPublished).toMatchObject({ verdict: 'holds' });
    expect(claimLedger.parse({ claims: [claim] }).claims).toEqual([claim]);
    expect(judged('C17c', { published: published(sizes(0.6)) }).ofPublished?.verdict).toBe(
      'does not hold',
    );
  });

  test('the same test decides of what ran here, without what ran nowhere', () => {
    const claim = judged('C17c', { published: published(sizes(0.7)), runs: here(sizes(0.59)) });
    expect(claim).toMatchObject({ verdict: 'does not hold', preset: 'small' });
    expect(claim.traces[0]).toMatchObject({ artifact: 'hendel', reads: ['accuracies'] });
    expect(claim.ofPublished?.verdict).toBe('holds');
    const lacking = judged('C18a', { runs: here(sizes(0.7)) });
    expect(lacking.remark).toBe('Mamba 2.8B has not been asked.');
    expect(lacking.ofPublished).toBeUndefined();
  });

  test('leads are of the same tasks with every number of examples', () => {
    const pair = (lead: number) => ({ 'Mamba 370M': 0.5 + lead, 'RWKV-4 430M': 0.5 });
    const of = (lead: number) => judged('C20a', { published: published(pair(lead)) }).ofPublished;
    expect(of(0.01)).toMatchObject({ verdict: 'holds', found: 'ahead by 0.01 to 0.01' });
    expect(of(-0.01)?.verdict).toBe('does not hold');
    const four = { ...pair(0.1), 'Mamba 2.8B': 0.6, 'RWKV-4 3B': 0.5 };
    const rises = judged('C20c', { published: published(four, 0.01) }).ofPublished;
    expect(rises).toMatchObject({ verdict: 'holds' });
    expect(judged('C20c', { published: published(four) }).ofPublished?.verdict).toBe(
      'does not hold',
    );
    expect(judged('C20d', { published: published(four, 0.05) }).ofPublished?.verdict).toBe('holds');
  });

  test.each([
    ['C18b', 0.75, 'holds'],
    ['C18b', 0.86, 'does not hold'],
    ['C19', 0.86, 'holds'],
    ['C19', 0.7, 'does not hold'],
  ])('%s with the largest Mamba at %s: %s', (id, largest, expected) => {
    // Half of the tasks are never solved: means are half of these.
    const others = { 'GPT-J 6B': 0.75, 'Pythia 2.8B': 0.7, 'Pythia 6.9B': 0.75, 'Pythia 12B': 0.8 };
    const rwkv = { 'RWKV-4 169M': 0.1, 'RWKV-4 430M': 0.2, 'RWKV-4 1.5B': 0.4, 'RWKV-4 3B': 0.7 };
    const mamba = {
      'Mamba 130M': 0.3,
      'Mamba 370M': 0.4,
      'Mamba 1.4B': 0.6,
      'Mamba 2.8B': largest,
    };
    const claim = judged(id, { published: published({ ...others, ...rwkv, ...mamba }) });
    expect(claim.ofPublished?.verdict).toBe(expected);
  });
});

test('evidence is read between two measured contexts in a straight line, and never past the last', () => {
  const mean = [1, 0.5, 0.1];
  const columns = { k: [0, 2, 6], mean, firstBatch: mean, low: mean, high: mean };
  const curves = [{ ...least[0]!, ...columns }];
  const evidence = new Evidence(new Map([[SKEWED, file({ curves }).data]]));
  const at = (k: number) => evidence.errors({ of: SKEWED, method: 'least-squares', k })[0];
  expect(at(0.5)).toBe(0.75);
  expect(at(2)).toBeCloseTo(0.3, 12);
  expect(at(3)).toBe(0.1);
  expect(() => at(3.5)).toThrow(NotRun);
});

test('medians and their words', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(shown('mamba', [0.0712, 0.0671, 0.0793])).toBe('Mamba 0.071 (0.067 to 0.079)');
  expect(shown('least-squares', [3.04e-5])).toBe('least squares 3.0e-5');
});
