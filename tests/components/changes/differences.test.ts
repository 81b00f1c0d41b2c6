import { expect, test } from 'vitest';
import { differences } from '../../../src/components/changes/differences.ts';

const curve = (method: string, seed: number, mean: number[]) => ({ method, seed, mean });

test('numbers are compared by what they are, not by where they stand in a list', () => {
  const before = { d: 5, curves: [curve('mamba', 1, [1, 0.5]), curve('gpt2', 1, [1, 0.1])] };
  const after = { d: 5, curves: [curve('gpt2', 1, [1, 0.2]), curve('mamba', 1, [1, 0.51])] };
  const { same, added, removed, changed } = differences(before, after);
  expect({ same, added, removed }).toEqual({ same: 5, added: 0, removed: 0 });
  expect(changed).toEqual([
    { where: 'curves › gpt2 1 › mean › 1', before: 0.1, after: 0.2 },
    { where: 'curves › mamba 1 › mean › 1', before: 0.5, after: 0.51 },
  ]);
});

test('what came and what went is counted', () => {
  expect(differences({ a: 1, b: [1, 2] }, { a: 1, b: [1], c: 0, d: 0 })).toEqual({
    same: 2,
    added: 2,
    removed: 1,
    changed: [],
  });
  expect(differences(undefined, { a: [1, 2, 3] }).added).toBe(3);
});
