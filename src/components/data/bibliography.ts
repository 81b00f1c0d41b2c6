import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from 'astro:config/server';
import { parseBibliography } from './bibtex.ts';
import type { Reference } from './bibtex.ts';

let memo: Promise<Map<string, Reference>> | undefined;

/** The entries of `content/references.bib` by key. */
export function bibliography(): Promise<Map<string, Reference>> {
  memo ??= readFile(join(fileURLToPath(root), 'content', 'references.bib'), 'utf8').then(
    parseBibliography,
  );
  return memo;
}
