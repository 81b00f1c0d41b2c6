import { describe, expect, test } from 'vitest';
import { faultsOf } from '../../src/site/faults.ts';
import { withStylesHashed } from '../../src/site/inline-styles.ts';
import { sectionId, slug } from '../../src/site/slug.ts';
import { withBars } from '../../src/site/table-bars.ts';

const faults = (text: string, base = '/'): string[] =>
  faultsOf(text, base).map(({ line, message }) => `${line}: ${message.split(';')[0]}`);

describe('dollars', () => {
  test.each([
    'It costs $5 a leaf and $10 a root.',
    'Between $5 and $10.',
    'Between $5–$10 each.',
    'A leaf ($5) or a root ($10).',
    'US$ 5 and US$ 10.',
    'It costs $5 and more ($).',
    'Take $5/$10.',
  ])('%s', (text) => {
    expect(faults(`First.\n\n${text}`)).toEqual([
      expect.stringMatching(/^3: expected a formula between dollars, got \$/),
    ]);
  });

  test.each([
    'Costs are \\$5 and \\$10.',
    'With $x$, $ y $, $5 + x$, $x = \\text{a leaf and a root}$ and $k=2d$.',
    'A `$5 a leaf and $10` in code.',
    '$$\nx\n$$',
    'The $\\operatorname{soft max}(x)$ of $x_{in} y_{out}$.',
    'One price: $5.',
  ])('%s', (text) => {
    expect(faults(text)).toEqual([]);
  });
});

test('TeX that cannot be read is told with its line, after front matter too', () => {
  expect(faults('---\ntitle: A\n---\n\nA $\\foo$.\n\n$$\n\\frac{1\n$$')).toEqual([
    expect.stringMatching(/^5: formula: .*\\foo/),
    expect.stringMatching(/^7: formula: .*\\frac/),
  ]);
});

test('what another site would have to be asked for is told', () => {
  const text =
    '![a](https://e.org/x.png)\n\n<img src="//e.org/x.png" alt="" />\n\n![b][r]\n\n[r]: http://e.org/r.png\n\n' +
    '<video src="https://e.org/v.mp4" />\n\n<img src="./a.png" srcset="./b.png 2x, https://e.org/c.png 3x" alt="" />';
  expect(faults(text)).toEqual(
    [1, 3, 5, 9, 11].map((line): unknown =>
      expect.stringMatching(`^${line}: expected an image or file of`),
    ),
  );
  expect(faults('![a](./x.png), [b](https://e.org) and <a href="https://e.org">c</a>')).toEqual([]);
});

test('links from the root are told where the site is not there', () => {
  const text =
    '[a](/changes/) <a href="/b">b</a> ![c](/c.png)\n\n[d][r] [e](/p/changes/) [f](changes/)\n\n[r]: /d';
  expect(faults(text)).toEqual([]);
  expect(faults(text, '/p/')).toEqual(
    [1, 1, 1, 3].map((line): unknown =>
      expect.stringMatching(`^${line}: expected an address without a slash`),
    ),
  );
});

test('notes that are not there, and notes that nobody refers to', () => {
  expect(faults('A.[^1] B.[^2]\n\n[^1]: One.\n\n[^3]: Three.\n\n[^1]: - list')).toEqual([
    '1: expected a note under [^2], got none',
    '5: expected [^3] in a sentence, got only the note',
    '7: expected paragraphs in a note, got list',
  ]);
});

test('cells that a table has no column for', () => {
  expect(faults('| a | b |\n| - | - |\n| 1 | 2 |\n| 1 | 2 | 3 |')).toEqual([
    '4: expected 2 cells, got 3',
  ]);
});

test('bars of formulas divide no cell', () => {
  const row = '| $|x|$ | $\\|x\\|$ and \\$5 | cost | $5 |';
  expect(withBars(row)).toBe('| $\\vert{}x\\vert{}$ | $\\Vert{}x\\Vert{}$ and \\$5 | cost | $5 |');
  expect(withBars('Outside $|x|$ of a table |')).toBe('Outside $|x|$ of a table |');
});

test('addresses keep the letters of every script', () => {
  expect(slug('Übersicht: der Methoden!')).toBe('übersicht-der-methoden');
  expect(slug('हिन्दी')).toBe('हिन्दी');
  expect(slug('实验 结果')).toBe('实验-结果');
  expect(sectionId('a/Related Work v1.2.mdx')).toBe('related-work-v1-2');
  expect(sectionId('U\u0308ber.mdx')).toBe('über');
});

test('style attributes are classes that the policy knows', () => {
  const page =
    '<html><head><meta http-equiv="content-security-policy" content="default-src \'none\'; style-src \'self\';"></head>' +
    '<body><p style="color:red">a</p><td class="b" style="color:red" id="c">d</td> style="x" <a title="a > b" style="top:0">e</a></body></html>';
  const html = withStylesHashed(page);
  const [, name = ''] = /<p class="(s-[0-9a-f]{8})">a/.exec(html) ?? [];
  expect(html).toContain(`<td class="${name} b" id="c">`);
  expect(html).toContain(`.${name}:not(#\\#){color:red}`);
  expect(html).toMatch(/<a class="s-[0-9a-f]{8}" title="a > b">/);
  expect(html).toContain('</td> style="x" <a');
  expect(html).toMatch(/style-src 'self' 'sha256-[\w+/=]{44}'/);
  expect(withStylesHashed('<p>a</p>')).toBe('<p>a</p>');
  const own = page.replace('<body>', '<body><style>p > b { color: red }</style>');
  expect(withStylesHashed(own).match(/'sha256-/g)).toHaveLength(2);
});
