import { expect, test } from 'vitest';
import { comparison } from '../../../../src/components/figures/learning-curves/facts.ts';
import {
  ranking,
  timesAsMuch,
} from '../../../../src/components/figures/learning-curves/clauses.ts';
import { evaluationTitle } from '../../../../src/components/figures/learning-curves/evaluation-title.ts';
import { formatError, formatRange } from '../../../../src/components/format.ts';
import { settingRows } from '../../../../src/components/provenance/setting-rows.ts';

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

test('negative values carry a minus sign and ranges with them are spelled out', () => {
  expect(formatError(-0.25)).toBe('−0.25');
  expect(formatRange([-0.25, 0.5])).toBe('−0.25 to 0.50');
});

test('distributions are named, and an unknown one is an error', () => {
  expect(evaluationTitle('scaled-y-0.333')).toBe('outputs times 0.333');
  expect(evaluationTitle('orthants')).toBe('different orthants');
  expect(() => evaluationTitle('upside-down')).toThrow(/got upside-down/);
});

test('settings are the leaves of the parameters, but for those left out at the top', () => {
  const parameters = {
    d: 5,
    seeds: [1, 2],
    configs: { mamba: 1 },
    models: { mamba: { config: { configs: 2 } } },
    baselines: { ridge: {} },
  };
  expect(settingRows(parameters, ['configs'])).toEqual([
    ['d', '5'],
    ['seeds', '1, 2'],
    ['models.mamba.config.configs', '2'],
    ['baselines.ridge', 'as the models'],
  ]);
});
