import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readRecord } from './bundle/record.ts';
import { sha256 } from './hash.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

const manifest = z.looseObject({ version: z.string() });

const known = new Map<string, string>();

/** What a package is: its version, and the start of a hash of the code that is installed. */
export function identify(root: string, name: string): string {
  const packed = readRecord(root)?.packages[name] ?? readRecord(PROJECT)?.packages[name];
  if (packed !== undefined) return packed;
  const folder = [root, PROJECT]
    .map((base) => join(base, 'node_modules', name))
    .find((candidate) => existsSync(join(candidate, 'package.json')));
  if (!folder)
    throw new Error(`lab: expected package ${name} in node_modules, got none; run npm ci`);
  const identity = known.get(folder) ?? identityOf(folder);
  known.set(folder, identity);
  return identity;
}

function identityOf(folder: string): string {
  const { version } = manifest.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const hashes = codeIn(folder).map(
    (path) => `${path} ${sha256(readFileSync(join(folder, path)))}`,
  );
  return `${version} ${sha256(hashes.join('\n')).slice(0, 12)}`;
}

/** Files that can run, packages within the package left out. */
function codeIn(folder: string, inside = ''): string[] {
  return readdirSync(join(folder, inside), { withFileTypes: true })
    .flatMap((entry) => {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : codeIn(folder, path);
      return /\.([cm]?js|wasm|node)$/.test(entry.name) ? [path] : [];
    })
    .toSorted();
}
