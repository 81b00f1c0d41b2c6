import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { citedNames, parseBibliography } from './bibtex.ts';
import type { Reference } from './bibtex.ts';
import { contentFolder } from '../results/folders.ts';

let memo: Promise<Map<string, Reference>> | undefined;

/** The entries of `references.bib` by key. */
export function bibliography(): Promise<Map<string, Reference>> {
  memo ??= readFile(join(contentFolder, 'references.bib'), 'utf8').then(parseBibliography);
  return memo;
}

/** How a sentence cites an entry. @throws Error for a key that references.bib does not have */
export async function citation(
  key: string,
  neededBy: string,
): Promise<{ names: string; year: string }> {
  const entries = await bibliography();
  const entry = entries.get(key);
  if (entry) return { names: citedNames(entry), year: entry.year };
  throw new Error(
    `${neededBy}: expected a key of references.bib, got ${key}; there are ${[...entries.keys()].join(', ')}`,
  );
}
