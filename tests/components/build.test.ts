import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { crateFaults } from '../lab/crate-faults.ts';
import { example, placeAll } from './built-example.ts';
import type { Example } from './built-example.ts';
import { testPapers } from './papers.ts';

let site: Example;
const start = async (): Promise<void> => {
  site = await example();
  await placeAll(site);
};
const clean = (): Promise<void> => rm(site.folder, { recursive: true });
const built = (path: string): Promise<string> => readFile(join(site.folder, 'dist', path), 'utf8');

describe('a build fails', () => {
  beforeEach(start);
  afterEach(clean);

  test('over a missing artifact, naming the figure', async () => {
    await rm(join(site.folder, 'public', 'artifacts', 'dice.small.json'));
    const { code, output } = await site.build();
    expect(code).not.toBe(0);
    expect(output).toMatch(/throws.*expected the file .*dice\.small\.json, got none/s);
  });

  test('over an invalid artifact, naming what is wrong', async () => {
    await site.place('dice', { throws: 'many', mean: 3.5 });
    const { code, output } = await site.build();
    expect(code).not.toBe(0);
    expect(output).toMatch(/figure throws: artifacts\/dice\.small\.json/);
    expect(output).toContain('data.throws');
  });

  test('where results no longer say what a title rests on', async () => {
    await site.place('dice', { throws: [6, 5], mean: 5.5 });
    const { code, output } = await site.build();
    expect(code).not.toBe(0);
    expect(output).toContain('<RestsOn>: expected the results to say "3.5", got "5.5"');
  });
});

describe('an example paper under a base path', () => {
  beforeAll(async () => {
    await start();
    await site.place('dice', { throws: [6, 5], mean: 5.5 }, 'paper');
    const status = join(site.folder, 'status.json');
    const state = 'stale';
    const reasons = ['input throw is stale'];
    const stale = { id: 'dice.small/count', last: true, state, reasons };
    const edited = ['code: hand.ts changed'];
    const thrown = { id: 'dice.small/throw', last: false, state, reasons: edited };
    await writeFile(status, JSON.stringify([stale, thrown]));
    const { code, output } = await site.build({
      SITE_BASE: '/papers/dice/',
      SITE_URL: 'https://example.org',
      SITE_STATUS: status,
    });
    if (code !== 0) throw new Error(output);
  });
  afterAll(clean);

  test('shows its own text, numbers and references, and nothing of another paper', async () => {
    const html = await built('index.html');
    expect(html).toContain('Do dice remember?');
    expect(html).toMatch(/<data value="3\.5"[^>]*>3\.5<\/data>/);
    expect(html).toMatch(/title="from Pascal &(amp|#38); de Fermat 1654, letter 2"/);
    expect(html).toContain('id="ref-pascal1654"');
    expect(html).not.toContain('id="ref-never"');
    // Style sheets have the colours of methods that any paper may show.
    expect(html.replaceAll(/<style>.*?<\/style>/gs, '')).not.toMatch(/mamba|grazzi/i);
  });

  test('numbers what it refers to, across sections', async () => {
    const html = await built('index.html');
    for (const [id, label] of [
      ['throwing', 'Section\u00a01'],
      ['tab-eyes', 'Table\u00a01'],
      ['more', 'Appendix\u00a0A'],
      ['eq-mean', 'Equation\u00a01'],
      ['fig-throws', 'the figure'],
    ]) {
      expect(html).toContain(`href="#${id}">${label}</a>`);
      expect(html.split(`id="${id}"`)).toHaveLength(2);
    }
    expect(html).toContain('id="more-how-often"');
    expect(html).toMatch(/data-symbol="mean"/);
  });

  test('every address begins with the base', async () => {
    for (const page of ['', 'claims/', 'artifacts/', 'rerun/', 'changes/', 'write/']) {
      const html = await built(`${page}index.html`);
      const addresses = [...html.matchAll(/(?:href|src|data-artifact)="(\/[^"]*)"/g)];
      expect(addresses.length).toBeGreaterThan(5);
      for (const [, address] of addresses) expect(address).toMatch(/^\/papers\/dice\//);
    }
  });

  test('a stale figure says so, and names the code', async () => {
    const html = await built('index.html');
    expect(html.match(/class="stale"/g)).toHaveLength(1);
    expect(html).toContain('hand.ts changed');
    expect(await built('artifacts/index.html')).toContain('hand.ts changed');
  });

  test('what was computed elsewhere says so wherever it shows, and evidence what it is', async () => {
    const result = 'throws.csv: by python throw.py in PyTorch 2.13; a friend, CC0-1.0';
    for (const page of ['figures/throws/index.html', 'artifacts/index.html'])
      expect(await built(page)).toContain(result);
    for (const page of ['index.html', 'figures/throws/index.html'])
      expect(await built(page)).toContain('<strong>Computed elsewhere</strong> (dice): a friend.');
    const card = await built('figures/throws/index.html');
    expect(card).toMatch(
      /<dt>Evidence, not proof<\/dt>\s*<dd>1 made by code of decaf: code of facade0 computed the first 700 of 12,000 steps again, to the bit<\/dd>/,
    );
    expect(await built('paper.json')).toContain('"computedElsewhere":["throws.csv: by');
  });

  test('results in two presets are both there, to switch between', async () => {
    const html = await built('index.html');
    expect(html).toMatch(/type="radio"[^>]*value="small"[^>]*checked/);
    expect(html).toMatch(/type="radio"[^>]*class="other-preset"[^>]*value="paper"/);
    expect(html).toContain('The caption speaks of the runs “scaled down”');
    expect(await built('figures/throws.csv')).toContain('4,4');
    expect(await built('figures/throws.paper.csv')).toContain('2,5');
  });

  test('the ledger shows every claim with its verdict', async () => {
    const html = await built('claims/index.html');
    expect(html).toMatch(/id="D1"[^]*data-verdict="holds"[^]*0\.043/);
    expect(html).toMatch(/id="D2"[^]*data-verdict="not run"/);
    expect(await built('index.html')).toContain('href="/papers/dice/claims/#D1"');
  });

  test('it can be found: tags, lists, data', async () => {
    const html = await built('index.html');
    const url = 'https://example.org/papers/dice/';
    expect(html).toContain(`<link rel="canonical" href="${url}">`);
    expect(html).toContain('<meta name="citation_author" content="B. Sceptic">');
    expect(html).toContain('<meta name="citation_publication_date" content="2026/01/02">');
    const [, json = ''] = /<script type="application\/ld\+json">([^<]*)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(json)).toMatchObject({ '@type': 'ScholarlyArticle', url, version: '1.2.3' });
    expect(await built('sitemap.xml')).toContain(`<loc>${url}claims/</loc>`);
    expect(await built('feed.xml')).toContain(`<id>${url}</id>`);
    expect(await built('robots.txt')).toContain(`Sitemap: ${url}sitemap.xml`);
    expect(await built('llms.txt')).toContain(`(${url}#throwing)`);
    const paper = JSON.parse(await built('paper.json')) as {
      figures: { label: string; variants: { tables: { rows: string[][] }[] }[] }[];
      claims: unknown[];
    };
    expect(paper.figures[0]?.label).toBe('Figure 1');
    expect(paper.figures[0]?.variants[0]?.tables[0]?.rows[1]).toEqual(['2', '6']);
    expect(paper.claims).toHaveLength(2);
  });

  test('the crate of everything stands beside the pages', async () => {
    const crate = unzipSync(await readFile(join(site.folder, 'dist', 'crate.zip')));
    expect(crateFaults(crate)).toEqual([]);
    expect(Object.keys(crate)).toContain('artifacts/dice.small.json');
  });

  test('the card is a picture of the size that previews expect', async () => {
    const png = await readFile(join(site.folder, 'dist', 'card.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
  });

  test('the service worker knows the pages and files by their content', async () => {
    const worker = await built('sw.js');
    const [, list = '{}'] = /const FILES = (\{.*\});/.exec(worker) ?? [];
    const [, needed = '[]'] = /const NEEDED = (\[.*\]);/.exec(worker) ?? [];
    const files = JSON.parse(list) as Record<string, string>;
    expect(JSON.parse(needed)).toEqual(expect.arrayContaining(['', 'claims/', 'search.json']));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(JSON.parse(needed) as string[]));
    expect(files).toHaveProperty(['artifacts/dice.small.json']);
    expect(needed).not.toContain('artifacts/dice.small.json');
    for (const [path, hash] of Object.entries(files)) {
      const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
      const content = await readFile(join(site.folder, 'dist', file));
      expect(createHash('sha256').update(content).digest('base64'), path).toBe(hash);
    }
  });
});

describe('papers of other kinds', () => {
  testPapers();
});
