import { expect, test } from 'vitest';
import {
  errorsAt,
  examples,
  trainingSeconds,
  trainingValues,
} from '../../../../src/components/figures/learning-curves/facts.ts';
import { publishedAt } from '../../../../src/components/figures/learning-curves/published-at.ts';
import { exampleData, exampleInputs, examplePublished } from '../../example-data.ts';

test('k is a count or a multiple of d', () => {
  expect(examples(exampleData, '2d')).toBe(4);
  expect(examples(exampleData, 7)).toBe(7);
  expect(() => examples(exampleData, 'two', '<here>')).toThrow(/^<here>: expected k as 10 or 2d/);
});

test('a number that the artifact lacks fails by name', () => {
  const place = { method: 'mamba', on: 'training', k: '2d' };
  expect(errorsAt(exampleData, place, 'here')).toEqual([0.02, 0.04]);
  expect(() => errorsAt(exampleData, { ...place, k: 99 }, '<E>')).toThrow(/<E>.*k = 99/);
  expect(() => errorsAt(exampleData, { ...place, method: 's4' }, '<E>')).toThrow(/<E>.*s4/);
  expect(trainingValues(exampleData, 'gpt2', 'steps', 'here')).toEqual([10, 20]);
  expect(trainingSeconds(exampleData, exampleInputs, 'gpt2', 'here')).toEqual([60, 120]);
  expect(() => trainingSeconds(exampleData, {}, 'gpt2', '<T>')).toThrow(
    /<T>: expected train\/gpt2-1/,
  );
});

test('a published value is the middle of its band at a multiple of its own d', () => {
  expect(publishedAt(examplePublished, { method: 'mamba', k: '2d' }, 'here')[0]).toBeCloseTo(
    0.02,
    12,
  );
  expect(() => publishedAt(examplePublished, { method: 'mamba', k: '3d' }, '<P>')).toThrow(
    /<P>.*3d/,
  );
  expect(() =>
    publishedAt(examplePublished, { method: 'mamba', k: '2d', on: 'noisy' }, '<P>'),
  ).toThrow(/<P>.*mamba/);
  expect(() => publishedAt(examplePublished, { method: 's4', k: '2d' }, '<P>')).toThrow(/<P>.*s4/);
});
