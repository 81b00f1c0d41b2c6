import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { find, wordsOf } from './hast.ts';
import { searchEntries } from './search-index.ts';
import { htmlToHast } from 'satteri';

const fileOf = (folder: string, pathname: string): string =>
  join(folder, pathname, pathname.endsWith('.html') ? '' : 'index.html');

async function writeSearchIndex(folder: string, pathnames: readonly string[]): Promise<void> {
  const entries = await Promise.all(
    pathnames.map(async (pathname) => {
      const html = await readFile(fileOf(folder, pathname), 'utf8');
      const heading = find(htmlToHast(html), 'h1');
      const page = pathname === '' || !heading ? '' : wordsOf(heading).trim();
      return searchEntries(html, pathname, page);
    }),
  );
  await writeFile(join(folder, 'search.json'), JSON.stringify(entries.flat()));
}

/** What is made of the pages once all of them are built. */
export const finish = (): AstroIntegration => ({
  name: 'finish',
  hooks: {
    'astro:build:done': async ({ dir, pages }) => {
      const folder = fileURLToPath(dir);
      const pathnames = pages.map(({ pathname }) => pathname).sort();
      await writeSearchIndex(folder, pathnames);
    },
  },
});
