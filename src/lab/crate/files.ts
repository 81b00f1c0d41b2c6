import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { dataOf } from '../data.ts';
import { sha256 } from '../hash.ts';
import type { Entity } from './entity.ts';

export interface CrateFile {
  /** Path in the crate. */
  path: string;
  bytes: Uint8Array;
  sha256: string;
  /** Hash under which the lock knows its content: of an artifact, that of its data. */
  output: string;
}

const FORMATS: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.csv': 'text/csv',
  '.safetensors': 'application/octet-stream',
  '.tar': 'application/x-tar',
};

/** The results that the site serves, `smoke` left out. */
export async function publishedFiles(publicFolder: string): Promise<CrateFile[]> {
  const paths = globSync('{artifacts,weights}/**', { cwd: publicFolder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(publicFolder.length + 1))
    .filter((path) => !/\.smoke(\.json$|\/)|\/\.[^/]*$/.test(path));
  return Promise.all(
    paths.toSorted().map(async (path) => {
      const bytes = await readFile(join(publicFolder, path));
      return fileOf(
        path,
        bytes,
        path.startsWith('artifacts/') ? sha256(dataOf(bytes, path)) : undefined,
      );
    }),
  );
}

export function fileOf(path: string, bytes: Uint8Array, output?: string): CrateFile {
  const hash = sha256(bytes);
  return { path, bytes, sha256: hash, output: output ?? hash };
}

export const describeFile = ({ path, bytes, sha256: hash }: CrateFile): Entity => ({
  '@id': path,
  '@type': 'File',
  name: path,
  contentSize: String(bytes.length),
  encodingFormat: FORMATS[extname(path)] ?? 'application/octet-stream',
  sha256: hash,
});
