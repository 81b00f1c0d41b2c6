import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOfCheckpoint } from '../checkpoints/checkpoint.ts';
import { folderSource } from '../checkpoints/node/folder.ts';
import type { FileHash, PinnedFile } from '../checkpoints/pinned.ts';
import type { Source } from '../checkpoints/source.ts';
import { readData } from './data.ts';
import type { CheckpointSource, DataSource, Node, NodeContext } from './experiment.ts';
import { canonicalJson, sha256 } from './hash.ts';
import type { Workspace } from './workspace.ts';

/** sha256 of everything that a node declares, by name: of what is pinned, without fetching it. */
export async function identifyDeclared(
  workspace: Workspace,
  { id, data = {}, checkpoints = {} }: Node,
): Promise<Record<string, string | null>> {
  const files = Object.entries(data).map(async ([name, source]) => {
    if (isPinned(source)) return [name, sha256Of(source.hash)] as const;
    return [name, (await readData(workspace, source, `${id} ${name}`)).sha256] as const;
  });
  const models = Object.entries(checkpoints).map(
    async ([name, source]) => [name, await identifyCheckpoint(workspace, source)] as const,
  );
  return Object.fromEntries(await Promise.all([...files, ...models]));
}

/**
 * The bytes of all data of a node, and its checkpoints. What is pinned is fetched where it is not in the cache.
 * @param note is told of each download
 * @throws Error that names what is lacking
 */
export async function readDeclared(
  workspace: Workspace,
  { id, data = {}, checkpoints = {} }: Node,
  note: (text: string) => void,
): Promise<Pick<NodeContext, 'data' | 'checkpoints'>> {
  const fetched = await fetchAll(Object.values(data).filter(isPinned), note);
  const files = Object.entries(data).map(async ([name, source]) => {
    if (isPinned(source)) return [name, fetched.get(source)] as const;
    return [name, (await readData(workspace, source, `${id} ${name}`)).bytes] as const;
  });
  const models = Object.entries(checkpoints).map(
    async ([name, source]) => [name, await openSource(workspace, source, note)] as const,
  );
  return {
    data: Object.fromEntries(await Promise.all(files)),
    checkpoints: Object.fromEntries(await Promise.all(models)),
  };
}

const isPinned = (source: DataSource): source is PinnedFile => 'url' in source;

const sha256Of = ({ algorithm, hex }: FileHash): string =>
  algorithm === 'sha256' ? hex : sha256(`${algorithm} ${hex}`);

/** Of the names and contents of its files, wherever they are. */
async function identifyCheckpoint({ root }: Workspace, source: CheckpointSource): Promise<string> {
  if (!('folder' in source)) return hashOfFiles(Object.entries(source.files));
  const folder = join(root, source.folder);
  const files = filesOfCheckpoint(await readdir(folder)).map(async (path) => {
    const hex = sha256(await readFile(join(folder, path)));
    return [path, { algorithm: 'sha256', hex }] as const;
  });
  return hashOfFiles(await Promise.all(files));
}

const hashOfFiles = (files: readonly (readonly [string, FileHash])[]): string =>
  sha256(canonicalJson(Object.fromEntries(files.map(([path, hash]) => [path, sha256Of(hash)]))));

async function fetchAll(
  files: readonly PinnedFile[],
  note: (text: string) => void,
): Promise<Map<PinnedFile, Uint8Array>> {
  if (files.length === 0) return new Map();
  const { fetchPinned } = await import('../checkpoints/node/pinned.ts');
  const bytes = await fetchPinned(files, { onFetch: (name) => note(`fetches ${name}`) });
  return new Map(files.map((file, i) => [file, bytes[i]!]));
}

const GIGABYTE = 2 ** 30;

async function openSource(
  { root }: Workspace,
  source: CheckpointSource,
  note: (text: string) => void,
): Promise<Source> {
  if ('folder' in source) return folderSource(join(root, source.folder));
  const { fetchPinnedCheckpoint } = await import('../checkpoints/node/pinned.ts');
  let told = 0;
  const { source: opened } = await fetchPinnedCheckpoint(source, {
    onProgress(done, total) {
      if (done < total && done - told < GIGABYTE / 10) return;
      told = done;
      const of = `${(done / GIGABYTE).toFixed(2)} of ${(total / GIGABYTE).toFixed(2)} GiB`;
      note(`${source.repository}: ${of}`);
    },
  });
  return opened;
}
