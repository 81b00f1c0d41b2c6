import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';
import { CheckpointError, fault, listed } from '../fault.ts';
import type { PinnedCheckpoint, PinnedFile } from '../pinned.ts';
import { shownAddress, type Client } from '../request.ts';
import { Passing, PATIENCE, type Patience } from '../retry.ts';
import { cacheFolder, ifMissing, refuseCache } from './cache.ts';
import { download, hasHash } from './download.ts';
import { fetchCheckpoint, type FetchedCheckpoint } from './hub.ts';

interface FetchOptions {
  environment?: NodeJS.ProcessEnv;
  patience?: Patience;
  fetch?: typeof fetch;
  /** Called with the name of each file that is not in the cache yet. */
  onFetch?: (name: string) => void;
}

/**
 * The bytes of files on the web: from the cache of checkpoints where they are there, otherwise downloaded, and
 * checked by size and hash either way. `HF_HUB_OFFLINE=1` forbids the network.
 * @throws CheckpointError that names the files that are lacking, and says what to do
 */
export async function fetchPinned(
  files: readonly PinnedFile[],
  {
    environment = process.env,
    patience = PATIENCE,
    fetch = globalThis.fetch,
    onFetch,
  }: FetchOptions = {},
): Promise<Uint8Array[]> {
  const folder = join(cacheFolder(environment), 'files');
  await mkdir(folder, { recursive: true }).catch(refuseCache);
  const placed = files.map((file) => ({ file, path: placeOf(folder, file) }));
  const lacking = await filter(placed, async ({ file, path }) => !(await isThere(file, path)));
  if (environment['HF_HUB_OFFLINE'] === '1' && lacking.length > 0)
    refuse(lacking, 'offline', 'connect to the network, or unset HF_HUB_OFFLINE');
  for (const [i, { file, path }] of lacking.entries()) {
    onFetch?.(basename(new URL(file.url).pathname));
    try {
      await bring(file, path, { fetch, patience, token: undefined, home: file.url });
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      return refuse(
        lacking.slice(i),
        error.message,
        'connect to the network and give the command again',
        error,
      );
    }
  }
  return Promise.all(placed.map(({ path }) => readFile(path).catch(refuseCache)));
}

interface Placed {
  file: PinnedFile;
  path: string;
}

/** By its hash, so that a file of one name at another commit is another file. */
const placeOf = (folder: string, { url, hash }: PinnedFile): string =>
  join(folder, `${hash.hex}-${basename(new URL(url).pathname)}`);

/** A cached file that is not what it was when it was checked is removed. */
async function isThere(file: PinnedFile, path: string): Promise<boolean> {
  const found = await stat(path).catch(ifMissing(undefined));
  if (!found) return false;
  if (found.size === file.size && (await hasHash(path, file))) return true;
  await rm(path, { force: true });
  return false;
}

const bring = (file: PinnedFile, path: string, client: Client): Promise<void> =>
  download(client, file.url, { ...file, path: file.url }, path, () => {}).catch(refuseCache);

async function filter<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, i) => kept[i]);
}

function refuse(lacking: readonly Placed[], got: string, remedy: string, cause?: unknown): never {
  const urls = listed(lacking.map(({ file }) => shownAddress(file.url)));
  throw new CheckpointError(`files: expected ${urls}, got none of them (${got}); ${remedy}`, {
    cause,
  });
}

/**
 * A checkpoint on the hub, whose listing must be the pinned one.
 * @throws CheckpointError as `fetchCheckpoint`, and where the hub has other files under that commit
 */
export async function fetchPinnedCheckpoint(
  { repository, revision, files }: PinnedCheckpoint,
  options: Parameters<typeof fetchCheckpoint>[1] = {},
): Promise<FetchedCheckpoint> {
  const fetched = await fetchCheckpoint(repository, { ...options, revision });
  const other = fetched.files.filter(({ path, hash }) => files[path]?.hex !== hash.hex);
  const names = new Set(fetched.files.map(({ path }) => path));
  const gone = Object.keys(files).filter((path) => !names.has(path));
  if (other.length + gone.length === 0) return fetched;
  const got = listed([
    ...other.map(({ path }) => `another ${path}`),
    ...gone.map((path) => `no ${path}`),
  ]);
  return fault(`${repository}@${revision}`, 'the files that are declared', got, 'declare it again');
}
