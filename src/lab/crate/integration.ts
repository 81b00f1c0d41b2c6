import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { describeCheckout } from '../git.ts';
import { packCrate } from './crate.ts';

const CRATE_FILE = 'crate.zip';

/**
 * Puts the RO-Crate of a paper, with the results that the site shows, beside the built pages.
 * @param root folder of the paper
 * @param content folder of its text
 */
export function crate(root: string, content: string): AstroIntegration {
  let publicFolder = '';
  return {
    name: 'crate',
    hooks: {
      'astro:config:done': ({ config }) => {
        publicFolder = fileURLToPath(config.publicDir).replace(/\/$/, '');
      },
      'astro:build:done': async ({ dir, logger }) => {
        if ((await describeCheckout(root, [])).commit === '') {
          logger.warn(
            `no ${CRATE_FILE}: its code is that of a commit, and this is no git checkout`,
          );
          return;
        }
        const bytes = await packCrate(root, { content, publicFolder });
        await writeFile(new URL(CRATE_FILE, dir), bytes);
        logger.info(`${CRATE_FILE}: ${(bytes.length / 1e6).toFixed(1)} MB`);
      },
    },
  };
}
