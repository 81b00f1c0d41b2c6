import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterAll, describe, expect, test } from 'vitest';
import { example, placeAll } from './built-example.ts';
import { placedPaper } from './placed-paper.ts';

const folders: string[] = [];

interface Environment {
  [name: string]: string;
}

async function build(
  name: string,
  environment: Environment = {},
  change: (content: string) => Promise<unknown> = () => Promise.resolve(),
) {
  const [site, content] = [await example(), await placedPaper(name)];
  folders.push(site.folder, dirname(content));
  await placeAll(site);
  await change(content);
  const { code, output } = await site.build({ SITE_CONTENT: content, ...environment });
  const read = (path: string) => readFile(join(site.folder, 'dist', path), 'utf8');
  return { code, output, read };
}

async function page(...[name, environment]: Parameters<typeof build>) {
  const { code, output, read } = await build(name, environment);
  if (code !== 0) throw new Error(output);
  return { output, read, document: new JSDOM(await read('index.html')).window.document };
}

const text = (element: Element | null | undefined): string =>
  (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();

/**
 * Papers outside of the checkout, each with what went wrong in others. Not a file of tests of its own: two builds at
 * once share what Astro writes.
 */
export function testPapers(): void {
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  test('formulas, notes, tables and headings of formulas', async () => {
    const { document, read } = await page('maths');
    const mathOf = (id: string) => document.querySelector(`#eq-${id} math`);
    expect(
      [...(mathOf('aligned')?.querySelectorAll('mtd') ?? [])].map(({ classList }) => classList[1]),
    ).toEqual(['tml-right', 'tml-left', 'tml-right', 'tml-left']);
    expect(mathOf('cases')?.querySelectorAll('mtd:not(.tml-left)')).toHaveLength(0);
    expect(document.querySelector('#eq-boxed .equation-body annotation')?.textContent).toContain(
      'boxed',
    );
    const letters = [...document.querySelectorAll('#formulas p math')].map((math) =>
      text(math.querySelector('mi, mn')),
    );
    expect(letters).toEqual(expect.arrayContaining(['𝜽', 'θ', '𝒙', '𝐱', '𝟏𝟐', '𝖳', '𝚺', '𝟙', 'ℝ']));
    const cells = [...document.querySelectorAll('#formulas table tbody tr td:first-child math')];
    expect(cells.map((cell) => text(cell.querySelector('mrow')).replace(/\\.*/, ''))).toEqual([
      '|x|',
      '‖x‖',
      'a|b',
    ]);
    const notes = [...document.querySelectorAll('.note.numbered')].map(text);
    expect(notes).toContain('The first note of the first section.');
    expect(
      notes.some((note) =>
        /^The first note of the formulas, with .*and ?a second paragraph\.$/.test(note),
      ),
    ).toBe(true);
    expect(text(document.querySelector('#formulas'))).toContain('Prices: $5 and $10.');
    const contents = [...document.querySelectorAll('.contents a')].map(text);
    expect(contents).toEqual(expect.arrayContaining(['What x̄ is', 'The h_t state & more: 5 < 6']));
    expect(text(document.querySelector('.equation > span.equation-number'))).toBe('(7)');
    const html = await read('index.html');
    expect(html).not.toMatch(/<[^>]* style="/);
    expect(html.match(/<annotation/g)?.length).toBeGreaterThan(20);
  });

  test('file names, headings and keys in any script are numbered, reachable and found', async () => {
    const { document, read } = await page('scripts', {
      SITE_URL: 'https://example.org/papers/',
      SITE_BASE: '/dice/',
    });
    // A path above that of SITE_BASE is kept too.
    expect(await read('sitemap.xml')).toContain(
      '<loc>https://example.org/papers/dice/claims/</loc>',
    );
    const hrefs = [...document.querySelectorAll('a.ref, a.cite, .contents a')].map(
      (link) => link.getAttribute('href') ?? '',
    );
    expect(hrefs).toEqual(
      expect.arrayContaining([
        '#plan-übersicht',
        '#plan-实验结果',
        '#earlier-work-v1-2-the-task',
        '#ref-müller2020',
        '#ref-DBLP:journals/corr/abs-2401-00001',
      ]),
    );
    for (const href of hrefs)
      expect(document.getElementById(decodeURIComponent(href.slice(1))), href).not.toBeNull();
    expect(
      text(document.querySelector('[href="#earlier-work-v1-2-übersicht-der-methoden"].ref')),
    ).toBe('סעיף 3.2');
    const { lang, dir } = document.documentElement;
    expect([lang, dir]).toEqual(['he', 'rtl']);
    expect(text(document.querySelector('#contents-title'))).toBe('תוכן');
    const menu = [...document.querySelectorAll('.bar nav a')].map(text);
    expect(menu).toContain('שוב');
    expect(menu).not.toContain('Write');
    expect(text(document.querySelector('#earlier-work-v1-2'))).toContain(
      '(Moss & Fern 2021a) and roots (Moss & Fern 2021b), both (Moss & Fern 2021b; Moss & Fern 2021a); also Gödel (1931)',
    );
    const directed = [...document.querySelectorAll('.sections [dir="auto"]')].map(
      ({ tagName }) => tagName,
    );
    expect(directed).toEqual(['H3', 'P', 'UL']);
    const found = JSON.parse(await read('search.json')) as { url: string; text: string }[];
    expect(found.find(({ url }) => url === '#plan-实验结果')?.text).toContain('测量了误差');
  });

  describe('a build fails, with each line', () => {
    test('over what would be asked of another site, and links that lead out of its base path', async () => {
      const { code, output } = await build('images', { SITE_BASE: '/b/' });
      expect(code).not.toBe(0);
      const told = [...output.matchAll(/content\/more\.mdx:(\d+): expected [^,]*, got ([^;]*);/g)];
      expect(told.map(([, line, got]) => `${line} ${got}`)).toEqual([
        '14 https://example.org/x.png',
        '14 //example.org/y.png',
        '16 /changes/',
        '16 /artifacts/dice.small.json',
        '18 https://example.org/z.png',
      ]);
    });

    test('over prices that would be a formula', async () => {
      const { code, output } = await build('scripts', {}, async (content) => {
        const file = join(content, 'plan.mdx');
        await writeFile(
          file,
          `${await readFile(file, 'utf8')}\nIt costs $5 a leaf and $10 a root.\n`,
        );
      });
      expect(code).not.toBe(0);
      expect(output).toMatch(
        /content\/plan\.mdx:\d+: expected a formula between dollars, got \$5 a leaf and \$;/,
      );
    });

    test('over two files of one address', async () => {
      const { code, output } = await build('scripts', {}, (content) =>
        writeFile(join(content, 'Plan.mdx'), '---\ntitle: Again\norder: 9\n---\n'),
      );
      expect(code).not.toBe(0);
      expect(output).toMatch(/[Pp]lan\.mdx: expected a name of its own/);
    });

    test('over a path that Vite cannot read, at once', async () => {
      const content = await placedPaper('scripts');
      folders.push(dirname(content));
      const odd = join(dirname(content), 'p#1 50%');
      await mkdir(odd);
      await rename(content, join(odd, 'content'));
      const site = await example();
      folders.push(site.folder);
      await placeAll(site);
      const result = await site.build({ SITE_CONTENT: join(odd, 'content') });
      expect(result.code).not.toBe(0);
      expect(result.output).toContain('expected a path without # and ?, got #');
    });
  });

  test('what is not read of references is told, and stops nothing where nobody cites it; the path of SITE_URL is kept', async () => {
    const { code, output, read } = await build(
      'scripts',
      { SITE_URL: 'https://example.org/papers/dice' },
      async (content) => {
        const file = join(content, 'references.bib');
        await writeFile(file, `${await readFile(file, 'utf8')}\n@misc{never, author = {Nobody}}\n`);
      },
    );
    expect(code, output).toBe(0);
    expect(output).toMatch(/references\.bib:9: never: expected a title, got none/);
    const html = await read('index.html');
    expect(html).toContain('<link rel="canonical" href="https://example.org/papers/dice/">');
    expect(html).toContain('href="/papers/dice/claims/"');
    expect(await read('sitemap.xml')).toContain(
      '<loc>https://example.org/papers/dice/claims/</loc>',
    );
  });
}
