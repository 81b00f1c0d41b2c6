import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { filesOfCheckpoint } from '../checkpoint.ts';
import { CheckpointError, fault, listed } from '../fault.ts';
import type { Client } from '../request.ts';
import { Passing, PATIENCE, type Patience } from '../retry.ts';
import type { Source } from '../source.ts';
import { cacheFolder, ifMissing, type ListedFile, refuseCache, repositoryFolder } from './cache.ts';
import { download } from './download.ts';
import { folderSource } from './folder.ts';
import { hubAddress, isCommit, Repository } from './repository.ts';

interface FetchOptions {
  /** Branch, tag or commit. */
  revision?: string;
  /** Where downloads are kept. */
  cache?: string;
  /** Files at the same time. */
  parallel?: number;
  patience?: Patience;
  environment?: NodeJS.ProcessEnv;
  fetch?: typeof fetch;
  /** Called with the bytes that are there, and all that are needed. */
  onProgress?: (done: number, total: number) => void;
  /** Called, more than once, while another process is at a file. */
  onWait?: (path: string) => void;
}

export interface FetchedCheckpoint {
  readonly source: Source;
  readonly folder: string;
  readonly commit: string;
  /** As the hub lists them. */
  readonly files: readonly ListedFile[];
}

/**
 * The files of a checkpoint on the hub: from the cache where they are there, whole and checked,
 * otherwise downloaded. `HF_TOKEN` signs in, `HF_ENDPOINT` names another hub, `HF_HUB_OFFLINE=1`
 * forbids the network.
 * @param name owner/name
 * @throws CheckpointError that says what to do; offline, which files are lacking
 */
export async function fetchCheckpoint(
  name: string,
  options: FetchOptions = {},
): Promise<FetchedCheckpoint> {
  const { commit, files, repository, client, offline, root } = await listCheckpoint(name, options);
  const folder = join(root, commit);
  await mkdir(folder, { recursive: true }).catch(ifMissing(undefined));
  const lacking = await absent(folder, files);
  if (offline && lacking.length > 0) refuseOffline(name, folder, lacking);
  const advance = progressOf(files, lacking, options.onProgress);
  const bring = (file: ListedFile): Promise<void> => {
    const target = join(folder, file.path);
    const onProgress = (bytes: number): void => advance(file.path, bytes);
    const onWait = (): void => options.onWait?.(file.path);
    const address = repository.address(commit, file.path);
    return download(client, address, file, target, onProgress, onWait).catch(refuseCache);
  };
  const failure = await each(lacking, options.parallel ?? 4, bring);
  if (failure) await explain(failure.reason, name, folder, files);
  return { source: folderSource(folder), folder, commit, files };
}

/** Adds up what is there of all files. */
function progressOf(
  files: readonly ListedFile[],
  lacking: readonly ListedFile[],
  onProgress: (done: number, total: number) => void = () => {},
): (path: string, bytes: number) => void {
  const done = new Map(files.map((file) => [file.path, lacking.includes(file) ? 0 : file.size]));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  return (path, bytes) => {
    done.set(path, bytes);
    onProgress(
      [...done.values()].reduce((sum, part) => sum + part, 0),
      total,
    );
  };
}

/**
 * Some at the same time; after the first failure no further one is begun.
 * @returns that failure, once nothing is under way any more
 */
async function each<T>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<PromiseRejectedResult | undefined> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item).catch((error: unknown) => {
        queue.length = 0;
        throw error;
      });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: parallel }, worker));
  return results.find((result) => result.status === 'rejected');
}

function clientOf(options: FetchOptions, environment: NodeJS.ProcessEnv): Client {
  const { fetch = globalThis.fetch, patience = PATIENCE } = options;
  const token = environment['HF_TOKEN']?.trim();
  return {
    fetch,
    patience,
    token: token === '' ? undefined : token,
    home: hubAddress(environment),
  };
}

interface Located {
  readonly commit: string;
  /** Those that a checkpoint needs. */
  readonly files: readonly ListedFile[];
  readonly repository: Repository;
  readonly client: Client;
  readonly offline: boolean;
  /** Of the repository, in the cache. */
  readonly root: string;
}

/**
 * The commit of a checkpoint on the hub, and its files without their content.
 * @throws CheckpointError as `fetchCheckpoint`
 */
export async function listCheckpoint(name: string, options: FetchOptions = {}): Promise<Located> {
  const { environment = process.env, revision = 'main' } = options;
  const root = repositoryFolder(options.cache ?? cacheFolder(environment), name);
  const client = clientOf(options, environment);
  const repository = new Repository(name, client, root);
  const offline = environment['HF_HUB_OFFLINE'] === '1';
  const commit = await resolve(repository, revision, offline);
  return {
    commit,
    files: await filesAt(repository, commit, offline),
    repository,
    client,
    offline,
    root,
  };
}

/** A branch moves: the hub is asked, and the commit of last time serves where it cannot be reached. */
async function resolve(
  repository: Repository,
  revision: string,
  offline: boolean,
): Promise<string> {
  const isExact: boolean = isCommit(revision);
  if (isExact) return revision;
  const last = await repository.lastCommit(revision);
  if (offline) return last ?? refuseUnknown(repository.name, `revision ${revision}`);
  try {
    return await repository.commit(revision);
  } catch (error) {
    if (error instanceof Passing && last !== undefined) return last;
    throw error;
  }
}

async function filesAt(
  repository: Repository,
  commit: string,
  offline: boolean,
): Promise<readonly ListedFile[]> {
  const all = offline
    ? ((await repository.cachedFiles(commit)) ?? refuseUnknown(repository.name, `commit ${commit}`))
    : await repository.files(commit);
  const names = new Set(filesOfCheckpoint(all.map(({ path }) => path)));
  if (names.size === 0) {
    const got = listed(all.map(({ path }) => path)) || 'no file';
    fault(repository.name, 'a checkpoint', got, 'check the name of the repository');
  }
  return all.filter(({ path }) => names.has(path));
}

async function absent(folder: string, files: readonly ListedFile[]): Promise<ListedFile[]> {
  const sizes = await Promise.all(
    files.map(({ path }) => stat(join(folder, path)).catch(ifMissing(undefined))),
  );
  return files.filter(({ size }, i) => sizes[i]?.size !== size);
}

const ONLINE = 'connect to the network, unset HF_HUB_OFFLINE, or give a folder with the files';

const refuseUnknown = (name: string, what: string): never =>
  fault(name, `its ${what} in the cache`, 'none, offline', ONLINE);

function refuseOffline(name: string, folder: string, lacking: readonly ListedFile[]): never {
  const files = lacking.map(({ path, size }) => `${path} (${size} bytes)`);
  return fault(`${name} in ${folder}`, 'all files', `offline, without ${listed(files)}`, ONLINE);
}

/** Of a failure of the network, also which files are still lacking. */
async function explain(
  error: unknown,
  name: string,
  folder: string,
  files: readonly ListedFile[],
): Promise<never> {
  if (!(error instanceof Passing)) throw error;
  const lacking = (await absent(folder, files)).map(({ path }) => path);
  const remedy = `still lacking: ${listed(lacking)}; the same call goes on from here`;
  throw new CheckpointError(`${name}: ${error.message}; ${remedy}`, { cause: error });
}
