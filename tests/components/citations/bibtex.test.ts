import { expect, test } from 'vitest';
import { parseBibliography, shortCitation } from '../../../src/components/citations/bibtex.ts';

const TEXT = `@article{a2020,
  author = {Gu, Albert and Dao, Tri},
  title = {On Things},
  booktitle = {Venue},
  year = {2020}
}
@article{b2021,
  author = {Brown, Tom B. and others},
  title = {More},
  booktitle = {Elsewhere},
  year = {2021},
  url = {https://example.org/b}
}
`;

test('entries are read and cited', () => {
  const entries = parseBibliography(TEXT);
  const [first, second] = [entries.get('a2020'), entries.get('b2021')];
  if (!first || !second) throw new Error('expected two entries');
  expect(first.authors).toBe('Albert Gu, Tri Dao');
  expect(shortCitation(first)).toBe('Gu & Dao 2020');
  expect(shortCitation(second)).toBe('Brown et al. 2021');
  expect(second.url).toBe('https://example.org/b');
});

test('braces may nest, and quotes and digits do', () => {
  const entry = parseBibliography(
    '@article{c2022,\n title = "{BERT} and {{GPT}}: 50\\% more",\n author={C, Ann and D, Bob},journal = {J},\n year = 2022, pages = {1--9} }\n',
  ).get('c2022');
  expect(entry?.title).toBe('BERT and GPT: 50% more.');
  expect(entry?.year).toBe('2022');
  expect(entry?.venue).toBe('J');
  expect(entry?.source).toMatch(/^@article\{c2022,[^]*\}$/);
  expect(() => parseBibliography('@article{x,\n title = {open\n')).toThrow(
    /closing brace for line/,
  );
});

test('a missing field names the entry', () => {
  expect(() => parseBibliography(TEXT.replace('year = {2020}', ''))).toThrow(/year in a2020/);
});
