import { expect, test } from 'vitest';
import { signsOf, wordsOf } from '../../src/components/client/words.ts';

test('words are found where no space divides them', () => {
  const words = wordsOf('我们训练了模型并测量了误差。naïve Bayes, हिन्दी');
  expect(words).toEqual(expect.arrayContaining(['模型', '误差', 'naïve', 'Bayes', 'हिन्दी']));
  expect(words).not.toContain('。');
  expect(signsOf('a 误差 b')).toEqual(['误', '差']);
});
