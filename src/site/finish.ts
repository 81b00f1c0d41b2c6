import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { htmlToHast } from 'satteri';
import { withoutEndTags } from './end-tags.ts';
import { find, wordsOf } from './hast.ts';
import { withStylesHashed } from './inline-styles.ts';
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
    const html = withStylesHashed(await readFile(file, 'utf8'));
    await writeFile(file, withoutEndTags(withPunctuation(withIntegrity(html, hashOf))));
  }
}

/** Larger fonts are those of rare letters: kept once a page asked for them. */
const MOST_FONT_BYTES = 30_000;

/** Pages of figures at other presets than the site's own, the list of files, and what is for authors. */
const isSeldomRead = (path: string): boolean =>
  /^figures\/.+\.\w+\/$|^(?:artifacts|write)\//.test(path);

const isNeeded = (path: string, bytes: number, scripts: ReadonlySet<string>): boolean =>
  path === '' ||
  (path.endsWith('/') && !isSeldomRead(path)) ||
  ['favicon.svg', 'search.json'].includes(path) ||
  /^_astro\/.*\.(css|svg|json)$/.test(path) ||
  (/^_astro\/.*\.woff2$/.test(path) && bytes <= MOST_FONT_BYTES) ||
  scripts.has(path);

/** Scripts larger than this are those of live runs: kept once a page asked for them. */
const MOST_SCRIPT_BYTES = 40_000;

/** Scripts that pages load, at once or when a reader asks; not what only their workers do. */
async function readingScripts(folder: string, pathnames: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  const follow = async (text: string, pattern: RegExp): Promise<void> => {
    for (const [, name] of text.matchAll(pattern)) {
      const path = `_astro/${name}`;
      if (found.has(path)) continue;
      const script = await readFile(join(folder, path), 'utf8');
      if (script.length > MOST_SCRIPT_BYTES) continue;
      found.add(path);
      await follow(script, /(?:from|import)\s*\(?\s*["'`]\.\/([\w.-]+\.js)["'`]/g);
    }
  };
  for (const pathname of pathnames)
    await follow(await readFile(fileOf(folder, pathname), 'utf8'), /_astro\/([\w.-]+\.js)/g);
  return found;
}

/** Not for reading: archives, lists for crawlers, the worker itself. */
const isLeftOut = (path: string): boolean => /\.(html|map|txt|xml|zip)$|^sw\.js$/.test(path);

async function writeServiceWorker(folder: string, pathnames: readonly string[]): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const others = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll('\\', '/'))
    .filter((path) => !isLeftOut(path));
  const scripts = await readingScripts(folder, pathnames);
  const files = new Map<string, string>();
  const needed: string[] = [];
  for (const path of [...pathnames, ...others].sort()) {
    const content = await readFile(
      pathnames.includes(path) ? fileOf(folder, path) : join(folder, path),
    );
    files.set(path, createHash('sha256').update(content).digest('base64'));
    if (isNeeded(path, content.length, scripts)) needed.push(path);
  }
  await writeFile(join(folder, 'sw.js'), serviceWorker(files, needed));
}

/** Index, hashes and service worker of a folder of pages, by their paths under the base. */
export async function finishFolder(
  folder: string,
  base: string,
  pathnames: readonly string[],
): Promise<void> {
  await writeSearchIndex(folder, pathnames);
  await finishMarkup(folder, base, pathnames);
  await writeServiceWorker(folder, pathnames);
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
        await finishFolder(folder, base, pages.map(({ pathname }) => pathname).sort());
      },
    },
  };
}
