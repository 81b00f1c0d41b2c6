import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publicDir, root } from 'astro:config/server';
import { paperFolder } from '../../artifacts/folder.ts';

export const rootFolder = fileURLToPath(root);
/** Whether there are commits to pack: then the site has its RO-Crate. */
export const isCheckout = existsSync(join(rootFolder, '.git'));
export const publicFolder = fileURLToPath(publicDir);

/** The folder that holds the paper's sections. */
export const contentFolder = resolve(process.env['SITE_CONTENT'] ?? join(paperFolder(), 'content'));
