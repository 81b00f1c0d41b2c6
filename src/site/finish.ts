import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { htmlToHast } from 'satteri';
import { find, wordsOf } from './hast.ts';
import { integrity, withIntegrity } from './integrity.ts';
import { searchEntries } from './search-index.ts';
import { serviceWorker } from './service-worker.ts';
import { withPunctuation } from './together.ts';

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

async function finishMarkup(
  folder: string,
  base: string,
  pathnames: readonly string[],
): Promise<void> {
  const hashOf = (address: string): string =>
    integrity(readFileSync(join(folder, address.slice(base.length))));
  for (const pathname of pathnames) {
    const file = fileOf(folder, pathname);
    await writeFile(file, withPunctuation(withIntegrity(await readFile(file, 'utf8'), hashOf)));
  }
}

/** Larger scripts are those of live runs: kept only once somebody asked for them. Fonts may be larger. */
const SCRIPT_BYTES = 40_000;

const needed = (path: string): boolean =>
  /\.(css|js|woff2|svg|json)$/.test(path) &&
  (path.startsWith('_astro/') || ['favicon.svg', 'search.json'].includes(path));

async function writeServiceWorker(folder: string, pathnames: readonly string[]): Promise<void> {
  const all = (await readdir(folder, { recursive: true })).map((path) =>
    path.replaceAll('\\', '/'),
  );
  const small = async (path: string): Promise<boolean> =>
    !path.endsWith('.js') || (await stat(join(folder, path))).size <= SCRIPT_BYTES;
  const candidates = all.filter(needed).sort();
  const sizes = await Promise.all(candidates.map(small));
  const files = [...pathnames, ...candidates.filter((_, i) => sizes[i])];
  const hash = createHash('sha256').update(files.join());
  for (const pathname of pathnames) hash.update(await readFile(fileOf(folder, pathname)));
  const version = hash.digest('hex').slice(0, 12);
  await writeFile(join(folder, 'sw.js'), serviceWorker(version, files));
}

/** What is made of the pages once all of them are built. */
export function finish(): AstroIntegration {
  let base = '/';
  return {
    name: 'finish',
    hooks: {
      'astro:config:done': ({ config }) => {
        base = config.base.endsWith('/') ? config.base : `${config.base}/`;
      },
      'astro:build:done': async ({ dir, pages }) => {
        const folder = fileURLToPath(dir);
        const pathnames = pages.map(({ pathname }) => pathname).sort();
        await writeSearchIndex(folder, pathnames);
        await finishMarkup(folder, base, pathnames);
        await writeServiceWorker(folder, pathnames);
      },
    },
  };
}
