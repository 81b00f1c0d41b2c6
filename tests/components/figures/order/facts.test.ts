import { expect, test } from 'vitest';
import { ordersOf } from '../../../../src/components/figures/order/facts.ts';
import { exampleData } from '../../example-data.ts';

test('permutations are found by method and multiples of d', () => {
  const place = { method: 'mamba', k: '2d' };
  const quantity = { mean: 1, low: 1, high: 1, sd: 0 };
  const own = { method: 'mamba', seed: 1, k: 4, permutations: 8, prompts: 2 };
  const order = { ...own, variance: quantity, error: quantity, errorOfMean: quantity };
  const others = [
    { ...order, k: 8 },
    { ...order, method: 'gpt2' },
  ];
  const all = [...others, order, { ...order, seed: 2 }];
  expect(ordersOf({ ...exampleData, order: all }, place, 'here')).toEqual(all.slice(2));
  expect(() => ordersOf({ ...exampleData, order: [] }, place, 'here')).toThrow(/got none/);
});
