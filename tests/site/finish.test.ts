import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { withoutEndTags } from '../../src/site/end-tags.ts';
import { integrity, withIntegrity } from '../../src/site/integrity.ts';
import { searchEntries } from '../../src/site/search-index.ts';

const PAGE = `<body><header>Bar</header><main><h1 id="top">Title</h1><p>Lead &amp; more.</p>
<section id="one"><h2 id="one-title"><span>1</span> First</h2><p>Words <math><mi>x</mi><annotation>\\x</annotation></math>.</p>
<figure id="fig-a"><svg><text>12d</text></svg><figcaption><div><a href="#fig-a">Figure 1</a> A caption.</div><div class="figure-details">Data</div></figcaption></figure>
<p>After it.</p><h3 id="one-in">Inside</h3><ul><li>Item</li></ul></section></main><footer>Foot</footer></body>`;

test('a page is found by its headings and figures', () => {
  expect(searchEntries(PAGE, 'p/', 'Page')).toEqual([
    { url: 'p/#top', title: 'Title', page: 'Page', text: 'Lead & more.' },
    { url: 'p/#one', title: '1 First', page: 'Page', text: 'Words x. After it.' },
    { url: 'p/#fig-a', title: 'Figure 1', page: 'Page', text: 'Figure 1 A caption.' },
    { url: 'p/#one-in', title: 'Inside', page: 'Page', text: 'Item' },
  ]);
});

test('scripts and style sheets get the hash of their content, once', () => {
  const html =
    '<link rel="stylesheet" href="/a.css"><link rel="icon" href="/i.svg"><script type="module" src="/b.js"></script>';
  const hashed = withIntegrity(html, (address) => integrity(Buffer.from(address)));
  expect(hashed.match(/integrity="sha384-[\w+/=]{64}"/g)).toHaveLength(2);
  expect(hashed).toContain('<link rel="icon" href="/i.svg">');
  expect(withIntegrity(hashed, () => 'other')).toBe(hashed);
  expect(integrity(Buffer.from('a'))).not.toBe(integrity(Buffer.from('b')));
});

test('tables lose the end tags that HTML can do without, and nothing else', () => {
  const cells = (html: string) =>
    [...new JSDOM(html).window.document.querySelectorAll('tr')].map((row) =>
      [...row.children].map(({ tagName, textContent }) => `${tagName} ${textContent.trim()}`),
    );
  const html =
    '<table> <thead> <tr> <th>a</th><th>b</th> </tr> </thead> <tbody><tr> <th>1</th> <td><b>x</b></td> <td></td> </tr><tr><td>2</td></tr></tbody></table><p>&lt;/td> <td></p>';
  const shorter = withoutEndTags(html);
  expect(shorter).not.toContain('</td></tr>');
  expect(cells(shorter)).toEqual(cells(html));
  expect(shorter).toContain('</tbody></table><p>&lt;/td> <td></p>');
});

test('a claim of the ledger is found by its words, at its own address', () => {
  const html =
    '<main><h1>Claims</h1><section id="s"><h2>Far off</h2><details id="C1"><summary><span>C1</span><span data-title>It holds.</span> yes</summary><dl><dt>If</dt><dd>so</dd></dl></details><details id="C2"><summary>Other</summary>More</details></section></main>';
  expect(searchEntries(html, 'claims/', 'Claims')).toMatchObject([
    { url: 'claims/#C1', title: 'C1 It holds.', text: 'If so' },
    { url: 'claims/#C2', title: 'C2 Other', text: 'More' },
  ]);
});
