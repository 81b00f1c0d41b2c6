import { expect, test } from 'vitest';
import { valueAt } from '../../../src/components/sections/value-at.ts';

test('a path leads to a number, or the error names the sentence and the missing part', () => {
  const artifact = { data: { prompts: 1280, k: [0, 5] } };
  expect(valueAt(artifact, 'data.prompts', 'here')).toBe(1280);
  expect(valueAt(artifact, 'data.k.1', 'here')).toBe(5);
  expect(() => valueAt(artifact, 'data.seeds', '<Value>')).toThrow(/^<Value>: expected seeds/);
  expect(() => valueAt(artifact, 'data.k', '<Value>')).toThrow(/^<Value>: expected a number/);
});
