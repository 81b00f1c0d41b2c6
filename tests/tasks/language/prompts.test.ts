import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MersenneTwister } from '../../../src/numerics/mersenne-twister.ts';
import { answerIn, drawPrompts, textOf } from '../../../src/tasks/language/prompts.ts';
import { spaceOf } from '../../../src/tasks/language/spaces.ts';
import type { Space } from '../../../src/tasks/language/spaces.ts';
import { LANGUAGE_TASKS, LANGUAGE_TASK_NAMES } from '../../../src/tasks/language/tasks.ts';

const FILE = join(import.meta.dirname, '../../fixtures/prompts/prompts.json');
interface Golden {
  shots: number;
  first: string[];
  last: string;
  zeroShot: string[];
}
const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Golden[]>;

const numbered = (size: number, before = ''): Map<string, string> =>
  new Map(Array.from({ length: size }, (_, i) => [`${before}in${i}`, `${before}out${i}`]));

const SPACES: Record<string, Space> = {
  pairs: spaceOf(LANGUAGE_TASKS.linguistic_antonyms, numbered(37), () => 2),
  letters: spaceOf(LANGUAGE_TASKS.algorithmic_next_letter),
  lists: spaceOf(LANGUAGE_TASKS.algorithmic_list_last),
};

describe.each(Object.entries(golden))('%s', (name, cases) => {
  test.each(cases)(
    'with $shots examples, as Python draws them',
    ({ shots, first, last, zeroShot }) => {
      const seed = 41;
      const drawn = drawPrompts(SPACES[name]!, { shots, prompts: 40, zeroShotPrompts: 3, seed })!;
      const texts = drawn.shots.map(textOf);
      expect(texts.slice(0, 2)).toEqual(first);
      expect(texts.at(-1)).toBe(last);
      expect(drawn.zeroShot.map(textOf)).toEqual(zeroShot);
    },
  );
});

test('the generator is the one of 1998: its 10,000th number for the seed 5489', () => {
  const random = MersenneTwister.likeNumPy(5489);
  for (let i = 1; i < 10_000; i++) random.uint32();
  expect(random.uint32()).toBe(4_123_659_995);
});

test('a task is left out where it has too few inputs for the examples and a query', () => {
  const isAsked = (space: Space, shots: number): boolean =>
    drawPrompts(space, { shots, prompts: 1, zeroShotPrompts: 0, seed: 1 }) !== undefined;
  const letters = SPACES['letters']!;
  expect([letters.size, isAsked(letters, 24), isAsked(letters, 25)]).toEqual([25, true, false]);
  const pairs = SPACES['pairs']!;
  expect([pairs.size, isAsked(pairs, 36), isAsked(pairs, 37)]).toEqual([37, true, false]);
  expect(SPACES['lists']!.size).toBe(26 ** 2 + 26 ** 3 + 26 ** 4);
  const sizes = LANGUAGE_TASK_NAMES.map((name) => LANGUAGE_TASKS[name])
    .filter(({ kind }) => kind === 'letters')
    .map((task) => spaceOf(task).size);
  expect(sizes).toEqual([25, 25, 26, 26]);
});

describe('outputs of one token', () => {
  /** Words of up to `plain` letters, and of up to `spaced` behind a space, are a token. */
  const tokens = (plain: number, spaced: number) => (text: string) => {
    expect(text[0]).toBe('!');
    const word = text.slice(1);
    const longest = word.startsWith(' ') ? spaced + 1 : plain;
    return word.length <= longest ? 2 : 3;
  };
  const pairs = new Map(Array.from({ length: 10 }, (_, i) => [`k${i}`, 'v'.repeat(i + 1)]));
  const kept = (plain: number, spaced: number): string[] => {
    const space = spaceOf(LANGUAGE_TASKS.linguistic_antonyms, pairs, tokens(plain, spaced));
    const set = drawPrompts(space, { shots: 0, prompts: 200, zeroShotPrompts: 0, seed: 1 });
    return [...new Set(set?.shots.map(({ query }) => query.input))].toSorted();
  };

  test('are asked with a space before both sides where that keeps seven tenths as many', () => {
    expect(kept(10, 7)).toEqual([' k0', ' k1', ' k2', ' k3', ' k4', ' k5', ' k6']);
    expect(kept(10, 6)).toHaveLength(10);
    expect(kept(10, 6)[0]).toBe('k0');
    expect(kept(2, 4)).toEqual([' k0', ' k1', ' k2', ' k3']);
  });

  test('are not asked of knowledge', () => {
    const space = spaceOf(LANGUAGE_TASKS.knowledge_country_capital, pairs, tokens(1, 1));
    expect([space.size, space.output('k3')]).toEqual([10, 'vvvv']);
  });
});

test('an answer ends with its line', () => {
  expect(answerIn(' small\nexample')).toBe(' small');
  expect(answerIn('\n')).toBe('');
});
