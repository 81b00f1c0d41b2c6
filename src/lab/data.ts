import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { artifactPath } from '../artifacts/artifact.ts';
import { parseJson } from '../artifacts/json.ts';
import { DATA } from './experiment.ts';
import type { LocalData, Experiment, Files, Node } from './experiment.ts';
import { readIfThere } from './files.ts';
import { sha256 } from './hash.ts';
import type { Workspace } from './workspace.ts';

/** A declared input as it lies there now; both are absent where it may be missing and is. */
export interface Datum {
  bytes: Uint8Array | undefined;
  sha256: string | null;
}

/**
 * Reads what a node declares as data. Of an artifact, that is its `data`, so that another provenance of the same
 * numbers is the same input.
 * @throws Error naming the file where it is missing, is not readable, or is not what was declared
 */
export async function readData(
  workspace: Workspace,
  source: LocalData,
  where: string,
): Promise<Datum> {
  const { public: folder, root } = workspace;
  const path =
    'artifact' in source
      ? join(folder, artifactPath(source.artifact, source.preset))
      : resolve(root, source.file);
  const shown = relative(root, path);
  if (shown.startsWith('..'))
    throw new Error(`${where}: expected a file of the repository, got ${path}; copy it into it`);
  const file = await readIfThere(path);
  if (!file) {
    if (source.optional === true) return { bytes: undefined, sha256: null };
    throw new Error(`${where}: expected ${shown}, got no file; restore it, or run what makes it`);
  }
  const bytes = 'artifact' in source ? dataOf(file, shown) : file;
  const hash = sha256(bytes);
  if ('elsewhere' in source && source.elsewhere && source.elsewhere.sha256 !== hash)
    throw new Error(
      `${where}: expected ${shown} to be what was computed elsewhere (sha256 ${source.elsewhere.sha256.slice(0, 12)}…), ` +
        `got ${hash.slice(0, 12)}…; restore the file, or say anew where it is from`,
    );
  return { bytes, sha256: hash };
}

const artifact = z.looseObject({ data: z.unknown().refine((data) => data !== undefined) });

/** The bytes of `data.json` inside an artifact file. @throws Error naming the file */
export function dataOf(file: Uint8Array, path: string): Uint8Array {
  const about = { path, expected: 'an artifact with data', remedy: 'run it again' };
  const { data } = parseJson(new TextDecoder().decode(file), artifact, about);
  return new TextEncoder().encode(JSON.stringify(data));
}

/** @throws Error where what an experiment's last node made is not its one output, of the experiment's schema */
export function checkData(experiment: Experiment, node: Node, files: Files): void {
  const bytes = files[DATA];
  if (!bytes || Object.keys(files).length !== 1) {
    const got = Object.keys(files).join(', ') || 'none';
    throw new Error(`node ${node.id}: expected the one output ${DATA}, got ${got}; use dataFile()`);
  }
  parseJson(new TextDecoder().decode(bytes), experiment.data, {
    path: `node ${node.id}`,
    expected: `data of ${experiment.id}`,
    remedy: 'correct the node, or the schema',
  });
}
