import { expect, test } from 'vitest';
import {
  change,
  comparison,
  ranking,
  reached,
  timesAsMuch,
} from '../../../../src/components/figures/learning-curves/clauses.ts';
import { evaluationTitle } from '../../../../src/components/figures/learning-curves/evaluation-title.ts';

test('how much larger errors are is stated run by run, or over all pairs', () => {
  expect(timesAsMuch([2, 9], [1, 3], true)).toBe('is 2.0 to 3.0 times as large');
  expect(timesAsMuch([2, 9], [1, 3], false)).toBe('is 0.67 to 9.0 times as large');
  expect(timesAsMuch([40], [1], true)).toBe('is 40 times as large');
});

test('a baseline is compared with as one, for nobody trains it', () => {
  expect(comparison(['mamba', [1, 2]], ['least-squares', [3]])).toBe(
    'every Mamba run errs less than least squares',
  );
  expect(comparison(['mamba', [1, 4]], ['least-squares', [3]])).toBe(
    'some runs of Mamba err less than least squares, some more',
  );
});

test('a ranking goes by the median run, not by the best', () => {
  const errors = [
    ['mamba', [0.01, 0.5, 0.6]],
    ['gpt2', [0.1, 0.2, 0.9]],
  ] as const;
  expect(ranking(errors)).toBe('Transformer (0.10–0.90), Mamba (0.010–0.60)');
});

test('distributions are named, and an unknown one is an error', () => {
  expect(evaluationTitle('scaled-y-0.333')).toBe('outputs times 0.333');
  expect(evaluationTitle('orthants')).toBe('different orthants');
  expect(() => evaluationTitle('upside-down')).toThrow(/got upside-down/);
});

test('clauses state what the data say', () => {
  expect(comparison(['mamba', [1, 2]], ['gpt2', [3]])).toMatch(/^every Mamba run errs less/);
  expect(comparison(['mamba', [4, 5]], ['gpt2', [3]])).toBe(
    'the Transformer run errs less than every Mamba run',
  );
  expect(comparison(['mamba', [1, 5]], ['gpt2', [3]])).toMatch(/overlap$/);
  expect(reached([0.1, 0.2], 0.2)).toBe('in every run');
  expect(reached([0.1, 0.2], 0.15)).toBe('in 1 of 2 runs');
  expect(reached([0.1, 0.2], 0.05)).toBe('in no run');
  expect(change([1, 1], [2, 30])).toBe('becomes 2.0 to 30 times as large');
  expect(change([1, 1], [1.2, 1.41])).toBe('grows by 20 to 41\u00a0%');
  expect(change([1, 1], [0.6, 0.8])).toBe('falls by 20 to 40\u00a0%');
  expect(change([1, 1], [0.1, 0.5])).toBe('becomes 2.0 to 10 times as small');
  expect(change([1, 1], [0.5, 2])).toBe('ends between 0.50 and 2.0 times what it was');
  expect(change([1], [1.01])).toBe('stays where it was');
});
