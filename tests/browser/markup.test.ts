import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { HtmlValidate } from 'html-validate';
import { JSDOM } from 'jsdom';
import { PAGES } from './site.ts';

/** The built files themselves: no browser is needed for these. */
const DIST = join(import.meta.dirname, '..', '..', 'dist');
const BASE = process.env['SITE_BASE'] ?? '/';
const read = (path: string): string => readFileSync(join(DIST, path), 'utf8');
const documents = new Map(
  PAGES.map((path) => [path, new JSDOM(read(`${path}index.html`)).window.document]),
);

const validator = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: {
    // Astro leaves both, and both are valid.
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'doctype-style': 'off',
    'attribute-boolean-style': 'off',
    'long-title': 'off',
    // Those of cells and rows, which HTML can do without.
    'no-implicit-close': 'off',
    'no-inline-style': 'error',
    // A scrolled table must be reachable by keyboard.
    'prefer-native-element': ['error', { exclude: ['region', 'group', 'tooltip'] }],
    // Integrity is on every script and style sheet; preloaded fonts need none.
    'require-sri': ['error', { target: 'all', exclude: ['.woff2', '.svg', '/', '.xml'] }],
  },
});

for (const path of PAGES) {
  test(`/${path} is valid HTML`, async () => {
    const report = await validator.validateString(read(`${path}index.html`));
    const found = report.results.flatMap(({ messages }) =>
      messages.map(
        ({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`,
      ),
    );
    expect(found).toEqual([]);
  });
}

test('every link inside the site leads somewhere', () => {
  const faults: string[] = [];
  for (const [page, document] of documents) {
    for (const link of document.querySelectorAll('a[href]')) {
      const url = new URL(link.getAttribute('href') ?? '', `http://site${BASE}${page}`);
      if (url.host !== 'site') continue;
      const target = decodeURIComponent(url.pathname.slice(BASE.length));
      const known = documents.get(target);
      const found = known
        ? url.hash === '' || known.getElementById(decodeURIComponent(url.hash.slice(1)))
        : existsSync(join(DIST, target));
      if (!found) faults.push(`${page || 'paper'}: ${link.outerHTML.slice(0, 120)}`);
    }
  }
  expect(faults).toEqual([]);
});

test('every reference, citation and symbol leads to what it names', () => {
  const document = documents.get('');
  const links = document?.querySelectorAll('a.ref, a.cite, a.symbol-link') ?? [];
  expect(links.length).toBeGreaterThan(4);
  for (const symbol of document?.querySelectorAll('[data-symbol]') ?? [])
    expect(document?.getElementById(`sym-${symbol.getAttribute('data-symbol')}`)).not.toBeNull();
});

test('scripts and style sheets are those whose hashes the page names', () => {
  for (const document of documents.values()) {
    const elements = document.querySelectorAll('script[src], link[rel="stylesheet"]');
    expect(elements.length).toBeGreaterThan(0);
    const policy = document.querySelector('meta[http-equiv="content-security-policy"]');
    const styles = [...document.querySelectorAll('style')];
    expect(styles.length).toBeGreaterThan(0);
    for (const { textContent } of styles) {
      const hash = createHash('sha256').update(textContent).digest('base64');
      expect(policy?.getAttribute('content')).toContain(`'sha256-${hash}'`);
    }
    for (const element of elements) {
      const address = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
      const content = readFileSync(join(DIST, address.slice(BASE.length)));
      const hash = createHash('sha384').update(content).digest('base64');
      expect(element.getAttribute('integrity'), address).toBe(`sha384-${hash}`);
    }
  }
});

/** A script and all that it imports before it runs. */
function loaded(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g);
  for (const [, path] of imports) loaded(join(dirname(file), path ?? ''), seen);
  return seen;
}

test('the paper loads at most 50 KB of JavaScript, compressed', () => {
  const scripts = [...(documents.get('')?.querySelectorAll('script[src]') ?? [])];
  const files = new Set(
    scripts.flatMap((script) => [
      ...loaded(join(DIST, (script.getAttribute('src') ?? '').slice(BASE.length))),
    ]),
  );
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThanOrEqual(50 * 1024);
});

/** Where a digit may stand in a section whose numbers are bound. */
const BOUND =
  'data, .given, .outcome, .cite, .ref, .number, .figure-number, .equation-number, code, math, h2, h3, svg, table, details, .live-box, select, .panel-title, .figure-options, .figure-details, .figure-note, .note-mark';
/** A digit in a name, as in GPT-2 or S4D, is no number. */
const NUMBER = /(?<![\p{L}\p{N}]|\p{L}-)\p{Nd}/u;

test('each number in a sentence about results is bound to where it is from', () => {
  const document = documents.get('');
  const sections = [...(document?.querySelectorAll('section[data-numbers="bound"]') ?? [])];
  expect(sections.length).toBeGreaterThan(0);
  const bare = sections.flatMap((section) => {
    const copy = section.cloneNode(true) as Element;
    for (const bound of copy.querySelectorAll(BOUND)) bound.replaceWith('…');
    return (copy.textContent ?? '').split(/(?<=[.?!])\s/).filter((text) => NUMBER.test(text));
  });
  expect(bare).toEqual([]);
  for (const data of document?.querySelectorAll('section data') ?? [])
    expect(data.getAttribute('value'), data.outerHTML).toMatch(/\d/);
});
