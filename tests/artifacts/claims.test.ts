import { expect, test } from 'vitest';
import { CLAIMS, claimLedger } from '../../src/artifacts/claims.ts';
import type { Check, Claim } from '../../src/artifacts/claims.ts';
import { passes, strain } from '../../src/artifacts/strain.ts';

const run: Claim = {
  id: 'C4',
  claim: 'Past the training length Mamba degrades more than the Transformer.',
  source: 'figure 1',
  criterion: 'the error of every Mamba run at 12d exceeds that of the median Transformer run',
  published: '.64 and 5.7 against .03',
  ours: 0.21,
  verdict: 'holds',
  preset: 'small',
  traces: [{ artifact: 'skewed-linear-regression', seeds: [1, 2, 3], command: 'npm run lab' }],
};
const check = {
  of: 'Mamba',
  values: [0.2, 0.21, 0.3],
  value: 0.21,
  is: 'at most',
  bound: 0.3,
} satisfies Check;
const open: Claim = { ...run, id: 'C5', ours: null, verdict: 'not run', preset: null, traces: [] };
const accepts = (...claims: unknown[]) => claimLedger.safeParse({ claims }).success;

test('the ledger is one artifact of claims, run or not', () => {
  expect(CLAIMS).toBe('claims');
  expect(accepts(run, open)).toBe(true);
  expect(accepts({ ...run, checks: [check] })).toBe(true);
});

test.each([
  ['a verdict without a number', { ...run, ours: null }],
  ['a number without a run', { ...open, ours: 1 }],
  ['a verdict without a preset', { ...run, preset: null }],
  ['a verdict that nothing stands behind', { ...run, traces: [] }],
  ['a verdict of its own making', { ...run, verdict: 'partly' }],
  ['a verdict against its own checks', { ...run, checks: [{ ...check, bound: 0.2 }] }],
  ['a field nobody reads', { ...run, note: 'x' }],
])('refuses %s', (_, claim) => {
  expect(accepts(claim)).toBe(false);
});

test('refuses two claims of one id', () => {
  expect(accepts(run, { ...open, id: 'C4' })).toBe(false);
});

test.each([
  ['at most', 0.5, 0.25, 2],
  ['at least', 0.5, 0.25, 0.5],
  ['less than', -1, 0.25, 0],
  ['more than', -1, 0.25, Infinity],
  ['more than', 0.1, -1, 0],
  ['more than', 0, 0, Infinity],
  ['at least', 0, 0, 0],
  ['less than', 0, 0, Infinity],
  ['at most', 0.1, 0, Infinity],
  ['at most', null, 9, Infinity],
] as const)(
  'a value %s a bound: %s against %s asks for %s times the bound',
  (is, value, bound, t) => {
    expect(strain({ is, value, bound })).toBe(t);
  },
);

test('a bound is met where it is reached, unless what is asked for is more or less than it', () => {
  const at = (is: Check['is'], tolerance?: number) =>
    passes([{ is, value: 0.5, bound: 0.5 }], tolerance);
  expect([at('at most'), at('at least')]).toEqual([true, true]);
  expect([at('less than'), at('more than')]).toEqual([false, false]);
  expect([at('less than', 1.01), at('more than', 1.01)]).toEqual([true, true]);
  expect([at('at most', 0.99), at('at least', 0.99)]).toEqual([false, false]);
  expect(passes([check, { ...check, bound: 0.1 }])).toBe(false);
});
