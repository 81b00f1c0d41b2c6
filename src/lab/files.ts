import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasEnded, ownName } from './owner.ts';

/**
 * Writes a file so that a reader, a kill or a power cut meets the old bytes or the new ones, never a
 * mixture: temporary file in the same folder, fsync, rename.
 */
export async function writeAtomic(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = temporaryIn(dirname(path));
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw diskError('write', path, error);
  }
}

const ACTS = { write: 'writable', read: 'readable', remove: 'writable' } as const;

/** What to do about a failure of the file system, by its code. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space',
  EDQUOT: 'free some of your quota',
  EROFS: 'make the file system writable',
  EISDIR: 'move away the folder of that name',
  EEXIST: 'move away the file where its folder belongs',
  ENOTDIR: 'move away the file where its folder belongs',
  EIO: 'see to the disk',
};

/** A failure of the file system as an error with the path and what to do; others stay as they are. */
export function diskError(act: keyof typeof ACTS, path: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = 'code' in error ? String(error.code) : '';
  if (!/^E[A-Z0-9]+$/.test(code)) return error;
  const place = act === 'read' ? 'it' : 'the folder';
  const allowed = `make ${place} ${ACTS[act]} for you`;
  const denied = code === 'EACCES' || code === 'EPERM';
  const remedy = denied ? allowed : (REMEDIES[code] ?? 'see to its folder');
  const message = `${path}: expected to ${act} it, got ${code}; ${remedy}, then give the command again`;
  const kept = act === 'write' ? ': what is done is kept' : '';
  return new Error(`${message}${kept}`, { cause: error });
}

/** Removes a file or folder, or what is left of it. */
export async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw diskError('remove', path, error);
  }
}

const OWNER = ownName().replaceAll(' ', '~');

/** A name for a file or folder that is removed as soon as this process has ended, if not before. */
export const temporaryIn = (folder: string): string =>
  join(folder, `.${randomUUID()}~${OWNER}.tmp`);

/** Whether `path` is a temporary file or folder that nobody will finish. */
export function isAbandoned(path: string): boolean {
  const owner = /^\.[0-9a-f-]{36}~(.+)\.tmp$/.exec(basename(path))?.[1];
  return owner !== undefined && hasEnded(owner.replaceAll('~', ' '));
}

/** The file's bytes, or undefined where there is no such file. A FIFO or a device, which may have no end, is not read. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const kind = await file.stat();
    if (!kind.isFile() && !kind.isDirectory())
      throw new Error(`${path}: expected a regular file, got a FIFO or a device; remove it`);
    return await file.readFile();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw diskError('read', path, error);
  } finally {
    await file?.close();
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR');
