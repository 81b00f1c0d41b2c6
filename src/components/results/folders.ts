import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publicDir, root } from 'astro:config/server';
import { paperFolder } from '../../artifacts/folder.ts';

export const rootFolder = fileURLToPath(root);
export const publicFolder = fileURLToPath(publicDir);

/** The folder that holds the paper's sections. */
export const contentFolder = resolve(process.env['SITE_CONTENT'] ?? join(paperFolder(), 'content'));
