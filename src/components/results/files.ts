import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Preset } from '../../artifacts/artifact.ts';
import { artifactPath } from '../../artifacts/artifact.ts';
import { publicFolder } from './folders.ts';

interface PublicFile {
  /** Path under the site. */
  path: string;
  bytes: number;
  sha256: string;
}

async function describe(path: string): Promise<PublicFile> {
  const content = await readFile(join(publicFolder, path));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, bytes: content.length, sha256 };
}

/** The files that hold an experiment's results: the artifact, then its weights if it has any. */
export async function filesOf(id: string, preset: Preset): Promise<PublicFile[]> {
  const folder = `weights/${id}.${preset}`;
  const weights = await readdir(join(publicFolder, folder)).catch(() => []);
  const paths = [
    artifactPath(id, preset),
    ...weights.toSorted((a, b) => a.localeCompare(b)).map((name) => `${folder}/${name}`),
  ];
  return Promise.all(paths.map(describe));
}
