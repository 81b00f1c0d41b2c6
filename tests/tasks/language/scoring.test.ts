import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isCorrect } from '../../../src/tasks/language/scoring.ts';
import { LANGUAGE_TASKS, LANGUAGE_TASK_NAMES } from '../../../src/tasks/language/tasks.ts';
import type { LanguageTask, LanguageTaskName } from '../../../src/tasks/language/tasks.ts';
import { synonymsIn } from '../../../src/tasks/language/wordnet.ts';
import { archives } from './wordnets.ts';

/** What is expected, answers that count, and answers that do not: by hand. */
const BY_HAND: Record<LanguageTaskName, [expected: string, right: string[], wrong: string[]]> = {
  translation_fr_en: [
    ' house',
    ['house', ' House', ' home', 'houses'],
    ['hous', '', ' car', 'maison'],
  ],
  translation_es_en: [' have', ['have', ' had', ' own'], ['has', 'h', ' go']],
  translation_en_fr: [' maison', [' maison', ' domicile'], [' logis', 'house', ' mais']],
  translation_en_es: [' casa', [' casa', 'hogar'], [' maison', ' cas', ' Casas']],
  linguistic_present_simple_gerund: [' aching', [' aching', 'aching '], [' ach', ' Aching', '']],
  linguistic_present_simple_past_simple: [' ached', ['ached'], [' ache', ' ached.', '']],
  linguistic_plural_singular: [' mouse', [' mouse'], [' mice', ' mo', '']],
  linguistic_antonyms: [' low', [' low', 'low'], [' lower', ' l', '']],
  knowledge_country_capital: [
    'Kabul',
    ['K', 'Kab', 'Kabul', 'Kabul, ', ' Kabul'],
    ['', ' ', 'k', 'abul'],
  ],
  knowledge_person_language: ['Italian', ['It', 'Italian', 'Italians'], ['', 'ital', 'French']],
  knowledge_location_continent: ['South America', ['South', 'S'], ['', 'North', 'America']],
  knowledge_location_religion: ['Muslim', ['Mus', 'M', 'Muslims'], ['', 'Islam', 'muslim']],
  algorithmic_next_letter: ['b', ['b', ' b', 'b\t'], ['B', 'bc', '']],
  algorithmic_prev_letter: ['a', ['a'], ['b', 'aa', '']],
  algorithmic_list_first: ['a', ['a', ' a'], ['a,', 'c', '']],
  algorithmic_list_last: ['c', ['c'], ['a', ',c', '']],
  algorithmic_to_upper: ['A', ['A'], ['a', 'AB', '']],
  algorithmic_to_lower: ['a', ['a'], ['A', 'ab', '']],
};

test.each(LANGUAGE_TASK_NAMES)('%s: answers judged as by hand', (name) => {
  const task: LanguageTask = LANGUAGE_TASKS[name];
  const synonyms =
    task.kind === 'pairs' && task.language ? synonymsIn(task.language, archives) : undefined;
  const [expected, right, wrong] = BY_HAND[name];
  const judged = (answers: readonly string[]): string[] =>
    answers.filter((answer) => isCorrect(task.scoring, answer, expected, synonyms));
  expect(judged(right)).toEqual(right);
  expect(judged(wrong)).toEqual([]);
});

test('how many tasks are judged in which way', () => {
  const ways = LANGUAGE_TASK_NAMES.map((name) => LANGUAGE_TASKS[name].scoring);
  const count = (way: string): number => ways.filter((one) => one === way).length;
  expect([count('exact'), count('prefix'), count('synonym')]).toEqual([10, 4, 4]);
});

test('words are looked up as NLTK does: in base form, in all parts of speech, in all synsets', () => {
  const english = synonymsIn('en', archives);
  expect(english('Mice')).toEqual(['mouse']);
  expect(english('went')).toEqual(['go', 'travel', 'move']);
  expect(english('bigger')).toEqual([]);
  expect(english('largest')).toEqual(['big', 'large']);
  expect(english('galore')).toEqual(['galore', 'abounding']);
  expect(english('new_york')).toEqual(['city', 'New_York']);
  expect(english('moving')).toEqual(['go', 'travel', 'move']);
  expect(english('')).toEqual([]);
  expect(synonymsIn('fr', archives)('RAIL')).toEqual(['chemin_de_fer', 'rail']);
});

test('without synonyms a translation must be the expected one, and an archive without its files is refused', () => {
  expect(isCorrect('synonym', ' home', ' house')).toBe(false);
  expect(isCorrect('synonym', 'house', ' house')).toBe(true);
  const other = zipSync({ 'other.txt': new Uint8Array(1) });
  expect(() => synonymsIn('fr', { ...archives, omw: other })).toThrow('expected wn-data-fra.tab');
});
