import { wordsOf } from './words.ts';

/** Words that a question is made of and that say nothing of what it is about. */
const ASKING = new Set(
  (
    'a an and are as at be better between by can could did do does for from good had has have how i if in into is it ' +
    'its long many more much of on one or should so take takes than that the their them then there these they this to was we were ' +
    'what when where which who whose why will with would you'
  ).split(' '),
);

/** The words of a question that say what it is about; all where none does. */
export function topicOf(query: string): string {
  const words = wordsOf(query);
  const topic = words.filter((word) => !ASKING.has(word.toLowerCase()));
  return (topic.length > 0 ? topic : words).join(' ');
}

/**
 * What has all the words that a question is about; where nothing has, what has most of them; where nothing has any,
 * what has its single signs.
 */
export function asked<Result>(
  query: string,
  search: (words: string, combineWith: 'AND' | 'OR') => readonly Result[],
  bySigns: () => readonly Result[],
): readonly Result[] {
  const topic = topicOf(query);
  const ways = [() => search(topic, 'AND'), () => search(topic, 'OR'), bySigns];
  for (const way of ways) {
    const found = way();
    if (found.length > 0) return found;
  }
  return [];
}
