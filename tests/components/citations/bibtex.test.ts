import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import authorDate from '../../../src/components/citations/author-date.csl?raw';
import { readBibliography } from '../../../src/components/citations/bibtex.ts';
import { formatCitations } from '../../../src/components/citations/citations.ts';
import type { Citation } from '../../../src/components/citations/citations.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'bibtex');

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

const read = (text: string) => readBibliography(text, 'references.bib');

/** Every work of a file, cited in the order of the file, each in brackets and as part of the sentence. */
async function cited(text: string, csl = authorDate, more: Citation[] = []) {
  const { references, faults } = read(text);
  const works = [...references.values()];
  const citations = works.flatMap(({ key }) => [
    { of: key, textual: false },
    { of: key, textual: true },
  ]);
  const { cite, list } = await formatCitations(
    { csl, file: 'style.csl', locale: () => Promise.resolve(undefined) },
    works.map(({ item }) => item),
    new Map(works.map(({ key, url }) => [key, url])),
    [...citations, ...more],
  );
  const words = (html: string): string =>
    html.replaceAll(/<\/?a\b[^>]*>/g, '').replaceAll('&amp;', '&');
  return {
    faults,
    cite,
    list,
    text: (of: string, textual = false) => words(cite({ of, textual })),
    entry: (key: string) => words(list.find((one) => one.key === key)?.html ?? ''),
  };
}

const file = (name: string) => cited(readFileSync(join(FIXTURES, `${name}.bib`), 'utf8'));

test('entries are read and cited', async () => {
  const { text, entry, cite, list } = await cited(TEXT);
  expect(entry('a2020')).toBe('Albert Gu and Tri Dao (2020). On Things. <i>Venue</i>.');
  expect(text('a2020')).toBe('(Gu & Dao 2020)');
  expect(text('b2021')).toBe('(Brown et al. 2021)');
  expect(text('b2021', true)).toBe('Brown et al. (2021)');
  expect(entry('b2021')).toMatch(/^Tom B\. Brown et al\. \(2021\)\./);
  expect(cite({ of: 'a2020', textual: true })).toBe(
    '<a class="cite" href="#ref-a2020">Gu &amp; Dao (2020)</a>',
  );
  expect(list[0]?.html).toContain('(2021). <a href="https://example.org/b">More</a>. <i>');
});

test('braces may nest, and quotes and digits do', async () => {
  const bib =
    '@article{c2022,\n title = "{BERT} and {{GPT}}: 50\\% more?",\n author={C, Ann and D, Bob},journal = {J},\n year = 2022, pages = {1--9} }\n';
  const { entry, faults } = await cited(bib);
  expect(entry('c2022')).toBe('Ann C and Bob D (2022). BERT and GPT: 50% more? <i>J</i>, 1–9.');
  expect(faults).toEqual([]);
  expect(read(bib).references.get('c2022')?.source).toMatch(/^@article\{c2022,[^]*\}$/);
});

test('what is not read is told with file and line, and the rest is read', () => {
  const bib = `% words\n${TEXT}\n@article{open, title = {open,\n\n@misc{\n  last, title = {T}, year = 1999, author = {A B}}\n`;
  const { references, faults } = read(bib);
  expect([...references.keys()]).toEqual(expect.arrayContaining(['a2020', 'b2021']));
  expect(references.has('open')).toBe(false);
  expect(faults.join('\n')).toMatch(/references\.bib:16: expected an entry, got Unterminated/);
});

test('a missing field names the entry, a command without a meaning too', () => {
  expect(read(TEXT.replace('year = {2020}', '')).faults).toEqual([
    'references.bib:1: a2020: expected a year, got none; add the field',
  ]);
  expect(read(`\n${TEXT.replace('On Things', 'On \\things')}`).faults).toEqual([
    'references.bib:2: a2020: expected TeX that has a meaning in a reference, got \\things; left out',
  ]);
  const twice = read(`${TEXT}@misc{a2020, title = {Again}, year = 2000}`);
  expect(twice.faults).toEqual([
    expect.stringMatching(/^references\.bib:14: a2020: expected the key once/),
  ]);
  expect(twice.references.get('a2020')?.item.title).toBe('On Things');
});

describe('files of other programs', () => {
  test.each(['with-comment', 'with-string'])('%s', async (name) => {
    const { entry, faults } = await file(name);
    expect(faults).toEqual([]);
    expect(entry('moss2021')).toBe('Ada Moss (2021). Counting leaves. <i>Journal of Leaves</i>.');
  });

  test('a byte order mark loses nothing', async () => {
    const { list } = await file('bom');
    expect(list.map(({ key }) => key)).toEqual(['second', 'first']);
  });

  test('names', async () => {
    const { text, entry } = await file('names');
    expect(text('plain')).toMatch(/^\(Moss & Fern 2021[a-z]\)$/);
    expect(text('three')).toBe('(Moss et al. 2021)');
    expect(text('group')).toBe('(Moss and Fern Institute 2021)');
    expect(entry('junior')).toMatch(/^Ada Moss,? Jr\. \(2021/);
    expect(text('von')).toBe('(van der Moss 2021)');
    expect(entry('von')).toMatch(/^Ada van der Moss \(2021\)/);
    expect(text('nospace')).toMatch(/^\(Moss & Fern 2021[a-z]\)$/);
    expect(text('edited')).toMatch(/^\(Moss 2021[a-z]\)$/);
  });

  test('accents and commands print as what they mean', async () => {
    const { entry, faults } = await file('accents');
    expect(faults).toEqual([]);
    expect(entry('a')).toBe(
      'Kurt Gödel, Henri Poincaré and Karel Čapek (1931). ßharp & <i>soft sets</i>: O(n<sup>2</sup>) and 50%. <i>Acta Math. à Paris</i>.',
    );
    expect(entry('b')).toMatch(
      /^Åse Søren \(1990\)\. On ["“”]quotes["“”] and Übung\. <i>J<\/i>\.$/,
    );
  });

  test('preprints and theses', async () => {
    const preprint = await file('arxiv');
    expect(preprint.entry('moss2024')).toBe('Ada Moss (2024). Leaves. <i>arXiv</i> 2401.00001.');
    expect(preprint.list[0]?.html).toContain('href="https://arxiv.org/abs/2401.00001"');
    const thesis = await file('thesis');
    expect(thesis.entry('moss2024')).toBe(
      'Ada Moss (2024). Leaves. PhD thesis, <i>University of Trees</i>.',
    );
  });

  test('works of the same people and year are told apart, in text and list', async () => {
    const { text, entry } = await file('same');
    expect([text('m1'), text('m2', true)]).toEqual(['(Moss & Fern 2021a)', 'Moss & Fern (2021b)']);
    expect(entry('m1')).toMatch(/^Ada Moss and Ben Fern \(2021a\)\. Leaves/);
    expect(entry('m2')).toMatch(/\(2021b\)\. Roots/);
  });
});

test('a child has what its parent says, and dates of BibLaTeX are read', async () => {
  const { entry, faults } = await cited(
    "@inproceedings{child, crossref = {all}, title = {Child}, author = {M{\\'\\i}guel de la Cruz}}\n" +
      '@proceedings{all, title = {All of it}, booktitle = {All of it}, year = {1999}}\n' +
      '@online{web, title = {p < 0.05}, subtitle = {why}, date = {2020-05-02}, author = {Web, W.}, url = {https://x.org/a_b?c=1&d=~e}}\n',
  );
  expect(faults).toEqual([]);
  expect(entry('child')).toBe('Míguel de la Cruz (1999). Child. <i>All of it</i>.');
  expect(entry('web')).toBe('W. Web (2020). p &lt; 0.05: why.');
});

test('several works in one pair of brackets are a link each', async () => {
  const { cite, text } = await cited(TEXT, authorDate, [{ of: 'b2021 a2020', textual: false }]);
  expect(text('b2021 a2020')).toBe('(Brown et al. 2021; Gu & Dao 2020)');
  expect(cite({ of: 'b2021 a2020', textual: false })).toBe(
    '(<a class="cite" href="#ref-b2021">Brown et al. 2021</a>; <a class="cite" href="#ref-a2020">Gu &amp; Dao 2020</a>)',
  );
});

test('keys in any script and with any sign lead to their entry', async () => {
  const { cite, list } = await cited(
    '@misc{müller2020, title={A}, year=2020, author={M Ü}}\n@misc{DBLP:journals/corr/abs-1, title={B}, year=2021, author={R C}}\n',
  );
  expect(list.map(({ key }) => key)).toEqual(['DBLP:journals/corr/abs-1', 'müller2020']);
  expect(cite({ of: 'müller2020', textual: false })).toContain('href="#ref-müller2020"');
});

const NUMERIC = authorDate
  .replace(
    /<citation.*<\/citation>/s,
    '<citation collapse="citation-number"><sort><key variable="citation-number"/></sort><layout prefix="[" suffix="]" delimiter=", "><text variable="citation-number"/></layout></citation>',
  )
  .replace(/<sort>\s*<key macro="people"\/>.*?<\/sort>/s, '');

test('another style numbers works in the order in which they are cited', async () => {
  const { text, list } = await cited(TEXT, NUMERIC, [{ of: 'a2020 b2021', textual: false }]);
  expect(text('b2021')).toBe('[2]');
  expect(text('a2020 b2021')).toBe('[1, 2]');
  expect(list.map(({ key }) => key)).toEqual(['a2020', 'b2021']);
});

test('a style that is none is named', async () => {
  await expect(cited(TEXT, '<style/>')).rejects.toThrow(
    /^style\.csl: expected an independent style/,
  );
});
