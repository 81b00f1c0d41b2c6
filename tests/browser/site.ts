import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';

/** A page that fails its test on a console error, an exception or a request outside the site. */
export const test = base.extend<{ quiet: undefined }>({
  quiet: [
    async ({ page, baseURL }, use) => {
      const faults: string[] = [];
      const origin = new URL(baseURL ?? '').origin;
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
      page.on('request', (request) => {
        const url = request.url();
        const local = url.startsWith(origin) || /^(data|blob):/.test(url);
        if (!local) faults.push(`request outside the site: ${url}`);
      });
      await use(undefined);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The figure of the first experiment, on the page and as its parts. */
export const FIGURE = 'figure[data-figure="skewed-linear-regression"]';
/** What in it is of the preset that the page shows first. */
export const OWN = `${FIGURE} .variant[data-preset="small"]`;

const DIST = join(import.meta.dirname, '..', '..', 'dist');

/** Every kind of page that was built, by its path under the base; one of those of figures. */
export const PAGES = [
  '',
  'claims/',
  'artifacts/',
  'rerun/',
  'changes/',
  'write/',
  'figures/skewed-linear-regression/',
].filter((path) => existsSync(join(DIST, path, 'index.html')));
