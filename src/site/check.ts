import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineMdastPlugin } from 'satteri';
import { faultsOf } from './faults.ts';
import { withBars } from './table-bars.ts';

/**
 * Fails the build over a section in which something would be shown wrongly or not at all, naming each line.
 * @param base path under which the site is served
 */
export const checkSections = (base: string): ReturnType<typeof defineMdastPlugin> =>
  defineMdastPlugin({
    name: 'check-sections',
    before(_, { fileURL }) {
      if (!fileURL?.pathname.endsWith('.mdx')) return;
      const file = fileURLToPath(fileURL);
      const faults = faultsOf(withBars(readFileSync(file, 'utf8')), base);
      if (faults.length === 0) return;
      const name = relative(process.cwd(), file);
      throw new Error(faults.map(({ line, message }) => `${name}:${line}: ${message}`).join('\n'));
    },
  });
