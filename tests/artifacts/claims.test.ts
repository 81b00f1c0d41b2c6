import { expect, test } from 'vitest';
import { CLAIMS, claimLedger } from '../../src/artifacts/claims.ts';
import type { Claim } from '../../src/artifacts/claims.ts';

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
const open: Claim = { ...run, id: 'C5', ours: null, verdict: 'not run', preset: null, traces: [] };
const accepts = (...claims: unknown[]) => claimLedger.safeParse({ claims }).success;

test('the ledger is one artifact of claims, run or not', () => {
  expect(CLAIMS).toBe('claims');
  expect(accepts(run, open)).toBe(true);
});

test.each([
  ['a verdict without a number', { ...run, ours: null }],
  ['a number without a run', { ...open, ours: 1 }],
  ['a verdict without a preset', { ...run, preset: null }],
  ['a verdict that nothing stands behind', { ...run, traces: [] }],
  ['a verdict of its own making', { ...run, verdict: 'partly' }],
  ['a field nobody reads', { ...run, note: 'x' }],
])('refuses %s', (_, claim) => {
  expect(accepts(claim)).toBe(false);
});

test('refuses two claims of one id', () => {
  expect(accepts(run, { ...open, id: 'C4' })).toBe(false);
});
