import { cp, mkdtemp, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { finishFolder } from '../../src/site/finish.ts';

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** A host of built sites, which browsers may keep for ten minutes. */
export interface Host {
  origin: string;
  /** Folders by the base path under which they are served. */
  sites: Map<string, string>;
  /** Answers everything by its own page, as a network does that wants a password first. */
  isPortal: boolean;
  close(): Promise<void>;
}

const PORTAL = '<!doctype html><title>Sign in</title><h1>Sign in to this network</h1>';

export async function host(): Promise<Host> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (one.isPortal)
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(PORTAL);
    const base = [...one.sites.keys()].find((path) => pathname.startsWith(path)) ?? '/';
    const path = decodeURIComponent(pathname.slice(base.length));
    const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
    readFile(join(one.sites.get(base) ?? '', file)).then(
      (content) =>
        response
          .writeHead(200, {
            'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
            'cache-control': 'max-age=600',
          })
          .end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const one: Host = {
    origin: `http://localhost:${port}`,
    sites: new Map(),
    isPortal: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return one;
}

/**
 * The same site one version later: other words in headings and titles, and scripts of other names.
 * @returns the folder
 */
export async function renewed(dist: string, base: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'renewed-'));
  await cp(dist, folder, { recursive: true });
  const files = await readdir(folder, { recursive: true });
  const scripts = files
    .filter((path) => /^_astro\/[^/]+\.js$/.test(path))
    .map((path) => path.slice(7));
  const pages = files.filter((path) => path.endsWith('index.html'));
  for (const path of [...pages, ...scripts.map((name) => `_astro/${name}`)]) {
    let text = await readFile(join(folder, path), 'utf8');
    for (const name of scripts) text = text.replaceAll(name, `renewed-${name}`);
    const next = text
      .replaceAll(/ integrity="[^"]*"/g, '')
      .replace('<h1>Claims</h1>', '<h1>Claims, renewed</h1>')
      .replace('<title>', '<title>Renewed: ');
    await writeFile(join(folder, path), next);
  }
  for (const name of scripts)
    await rename(join(folder, '_astro', name), join(folder, '_astro', `renewed-${name}`));
  const pathnames = pages.map((path) => path.replace(/index\.html$/, ''));
  await finishFolder(folder, base, pathnames.sort());
  return folder;
}
