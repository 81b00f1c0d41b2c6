import { expect, test } from 'vitest';
import type { TokenCurves } from '../../../../src/artifacts/token-curves.ts';
import {
  tokenCurvesOf,
  tokenValues,
} from '../../../../src/components/figures/token-curves/facts.ts';

const curve = (method: string, mean: number[], seed?: number): TokenCurves['curves'][number] => ({
  method,
  ...(seed !== undefined && { seed }),
  on: 'training',
  at: [1, 8, 32],
  mean,
  firstBatch: mean,
  low: mean,
  high: mean,
});

const data: TokenCurves = {
  measure: 'total variation',
  along: 'tokens',
  trained: 8,
  chance: 0.25,
  sequences: 4,
  batch: 2,
  sequenceSeed: 1,
  confidence: 0.9,
  bootstrapTrials: 10,
  curves: [
    curve('mamba', [0.5, 0.25, 0.125], 1),
    curve('mamba', [0.4, 0.2, 0.1], 2),
    curve('unigram', [1, 1, 1]),
  ],
  trainings: [],
};

test('a value is found by what was read, as a number or as a word, one a seed', () => {
  const at = (place: string) => tokenValues(data, { method: 'mamba', at: place }, 'here');
  expect([at('1'), at('trained'), at('last')]).toEqual([
    [0.5, 0.4],
    [0.25, 0.2],
    [0.125, 0.1],
  ]);
  expect(tokenValues(data, { method: 'unigram', at: 'last' }, 'here')).toEqual([1]);
});

test('what is not there is refused with what is', () => {
  expect(() => tokenValues(data, { method: 'mamba', at: '7' }, 'here')).toThrow(
    'here: expected a value at 7, got 1, 8, 32; correct the attribute',
  );
  expect(() => tokenCurvesOf(data, { method: 'mamba', on: 'held-out' }, 'here')).toThrow(
    /here: expected curves of mamba on held-out, got mamba on training, unigram on training/,
  );
});
