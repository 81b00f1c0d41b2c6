import { join } from 'node:path';
import type { Plugin } from 'vite';
import { withBars } from './table-bars.ts';

/** Reads sections as `withBars` has them. */
export const barsInTables = (): Plugin => ({
  name: 'bars-in-tables',
  enforce: 'pre',
  transform: {
    filter: { id: /\.mdx$/ },
    handler: (code) => ({ code: withBars(code), map: null }),
  },
});

/**
 * Packages that a paper outside of this folder imports are those of this folder.
 * @param content folder of the paper
 * @param root this folder
 */
export const papersElsewhere = (content: string, root: string): Plugin => ({
  name: 'papers-elsewhere',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    if (!importer?.startsWith(content) || content.startsWith(join(root, '/'))) return null;
    if (/^[./#\0]|^[a-z]+:/.test(source)) return null;
    return this.resolve(source, join(root, 'astro.config.mjs'), { ...options, skipSelf: true });
  },
});

/** The page is loaded anew when results or references change: no module imports them. */
export const reloads = (content: string, artifacts: string): Plugin => ({
  name: 'reloads',
  configureServer({ watcher, ws }) {
    watcher.add(artifacts);
    watcher.on('all', (_, path) => {
      const isText = path.startsWith(join(content, '/')) && /\.(bib|csl|xml)$/.test(path);
      if (isText || path.startsWith(join(artifacts, '/'))) ws.send({ type: 'full-reload' });
    });
  },
});
