import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { createReader } from '../../src/lab/meaning/meaning.ts';
import type { Meaning } from '../../src/lab/meaning/meaning.ts';

export type Files = Record<string, string>;

/** What `run` of main.ts means, among these files. */
export function meaningOf(files: Files, exportName = 'run'): Meaning {
  const root = mkdtempSync(join(tmpdir(), 'meaning-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const module = pathToFileURL(join(root, 'main.ts')).href;
  return createReader(root).meaningOf([{ module, exportName }]);
}

export const hashOf = (files: Files | string, exportName?: string): string =>
  meaningOf(typeof files === 'string' ? { 'main.ts': files } : files, exportName).hash;
