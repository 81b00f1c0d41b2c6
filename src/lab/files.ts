import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasEnded, ownName } from './owner.ts';

/**
 * Writes a file so that a reader, a kill or a power cut meets the old bytes or the new ones, never a
 * mixture: temporary file in the same folder, fsync, rename.
 */
export async function writeAtomic(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}~${OWNER}.tmp`);
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
    throw explained(path, error);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space',
  EDQUOT: 'free some of your quota',
  EROFS: 'make the file system writable',
  EACCES: 'make the folder writable for you',
  EPERM: 'make the folder writable for you',
};

function explained(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const remedy = REMEDIES[code];
  if (remedy === undefined) return error;
  const message = `${path}: expected to write it, got ${code}; ${remedy}, then give the command again: `;
  return new Error(`${message}what is done is kept`, { cause: error });
}

const OWNER = ownName().replaceAll(' ', '~');

/** Whether `path` is a temporary file of `writeAtomic` that nobody will finish. */
export function isAbandoned(path: string): boolean {
  const owner = /^\.[0-9a-f-]{36}~(.+)\.tmp$/.exec(basename(path))?.[1];
  return owner !== undefined && hasEnded(owner.replaceAll('~', ' '));
}

/** The file's bytes, or undefined where there is no such file. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR');
