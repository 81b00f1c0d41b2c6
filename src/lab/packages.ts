import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { readRecord } from './bundle/record.ts';
import { sha256 } from './hash.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

const manifest = z.looseObject({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

/** Dependencies of packages, as they were when keys began to cover them: a key names those that are others. */
const COVERED: ReadonlySet<string> = new Set(
  z
    .array(z.string())
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'dependencies.json'), 'utf8'))),
);

const known = new Map<string, string>();

/**
 * What a package is: its version, and the start of a hash of the code that is installed; so too of what it depends on,
 * where that is not what `dependencies.json` holds.
 */
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
  const others = dependenciesOf(folder).filter((dependency) => !COVERED.has(dependency));
  return [ownIdentity(folder), ...others].join(', ');
}

function ownIdentity(folder: string): string {
  const hashes = codeIn(folder).map(
    (path) => `${path} ${sha256(readFileSync(join(folder, path)))}`,
  );
  return `${manifestOf(folder).version} ${sha256(hashes.join('\n')).slice(0, 12)}`;
}

const manifestOf = (folder: string): z.infer<typeof manifest> =>
  manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));

/** `name version hash` of every package with code below, by name. */
function dependenciesOf(folder: string): string[] {
  const found = new Map([[folder, '']]);
  for (const at of found.keys())
    for (const name of Object.keys(manifestOf(at).dependencies ?? {})) {
      const there = installed(at, name);
      if (there !== undefined && !found.has(there)) found.set(there, name);
    }
  found.delete(folder);
  return [...found]
    .filter(([at]) => codeIn(at).length > 0)
    .map(([at, name]) => `${name} ${ownIdentity(at)}`)
    .toSorted();
}

/** Where Node finds a package that one in a folder asks for. */
function installed(from: string, name: string): string | undefined {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  return dirname(from) === from ? undefined : installed(dirname(from), name);
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
