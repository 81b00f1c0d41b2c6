import { expect, test } from 'vitest';
import { settingRows } from '../../../src/components/provenance/setting-rows.ts';

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
