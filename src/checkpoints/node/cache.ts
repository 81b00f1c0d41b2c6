import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { CheckpointError, fault } from '../fault.ts';
import type { FileHash } from '../pinned.ts';

const NAME = 'mamba-icl-paper';

/**
 * Where downloaded checkpoints are kept, for all checkouts of this user: `LAB_CHECKPOINTS`, or a
 * folder in `XDG_CACHE_HOME` or `~/.cache`.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { LAB_CHECKPOINTS: own, XDG_CACHE_HOME: caches } = environment;
  if (own) return own;
  const isUsable = caches !== undefined && isAbsolute(caches);
  return join(isUsable ? caches : join(homedir(), '.cache'), NAME, 'checkpoints');
}

const REPOSITORY = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/** One folder a repository; within it one for each commit, whose files are complete and checked. */
export function repositoryFolder(cache: string, repository: string): string {
  if (!REPOSITORY.test(repository))
    fault('checkpoints', 'owner/name of a repository', JSON.stringify(repository), 'correct it');
  return join(cache, repository.replace('/', '--'));
}

/** A file of the repository as its listing has it. */
export interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly hash: FileHash;
}

/** Repositories in the cache, by name. */
export async function cachedRepositories(cache = cacheFolder()): Promise<string[]> {
  const names = await readdir(cache).catch(ifMissing([]));
  return names
    .filter((name) => REPOSITORY.test(name.replace('--', '/')))
    .map((name) => name.replace('--', '/'))
    .toSorted();
}

/**
 * Removes a repository, whole: what is open stays readable to the process that has it.
 * @returns whether it was there
 */
export async function removeRepository(
  repository: string,
  cache = cacheFolder(),
): Promise<boolean> {
  const folder = repositoryFolder(cache, repository);
  const aside = join(cache, `.removed-${randomUUID()}`);
  const isThere = await rename(folder, aside).then(() => true, ifMissing(false));
  await rm(aside, { recursive: true, force: true });
  return isThere;
}

/** Writes a small file so that a reader meets all of it or none. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, text, { flush: true });
  await rename(temporary, path);
}

/** The JSON of a small file of this cache; undefined where there is none, or another thing. */
export async function readCached<T>(
  path: string,
  fits: (value: unknown) => value is T,
): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(ifMissing(undefined));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** For a rejected promise of a file that may be absent. */
export const ifMissing =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
    return refuseCache(error);
  };

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'another process may have removed it: give the command again',
  ENOSPC: 'free some space, or set LAB_CHECKPOINTS to a folder that has more',
  EDQUOT: 'free some of your quota, or set LAB_CHECKPOINTS to a folder elsewhere',
};

/** Of a failure of the file system. @throws CheckpointError that says what to do */
export function refuseCache(error: unknown): never {
  if (error instanceof CheckpointError) throw error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const other = 'make the folder writable, or set LAB_CHECKPOINTS to another one';
  fault('checkpoints', 'a cache', String(error), REMEDIES[code] ?? other, error);
}
