import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publicDir, root } from 'astro:config/server';

export const rootFolder = fileURLToPath(root);
export const publicFolder = fileURLToPath(publicDir);

/** The folder that holds the paper. */
export const contentFolder = resolve(rootFolder, process.env['SITE_CONTENT'] ?? 'content');
