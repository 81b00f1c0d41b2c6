import type { Scoring } from './tasks.ts';

/** Words that count as the same, besides themselves. */
export type Synonyms = (word: string) => readonly string[];

const noSynonyms: Synonyms = () => [];

/** Whether an answer counts as the expected output. White space around either does not matter. */
export function isCorrect(
  scoring: Scoring,
  answer: string,
  expected: string,
  synonyms: Synonyms = noSynonyms,
): boolean {
  const [a, b] = [answer.trim(), expected.trim()];
  if (scoring === 'exact') return a === b;
  if (scoring === 'prefix') return a !== '' && b !== '' && (a.startsWith(b) || b.startsWith(a));
  const known = new Set([b, ...synonyms(b)]);
  return [a, ...synonyms(a)].some((word) => known.has(word));
}
