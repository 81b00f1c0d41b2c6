import {
  linkSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { diskError } from './files.ts';
import { hasEnded, ownName } from './owner.ts';

/**
 * Keeps two runs from writing one lock file. The file names its owner; that of an ended process is
 * taken over.
 * @returns the function that gives the lock back
 */
export function acquireRunLock(path: string): () => void {
  const own = `${path}.${process.pid}`;
  try {
    writeOwn(own);
    if (!tryLink(own, path)) {
      const owner = readIfThere(path);
      if (!hasEnded(owner)) throw new Error(busy(path, owner));
      takeAway(path, owner);
      if (!tryLink(own, path)) throw new Error('lab: another run started just now; wait for it');
    }
  } catch (error) {
    throw diskError('write', path, error);
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** On a full disk, where there is room for no file's content but mostly for a link: gc has to work there. */
function writeOwn(own: string): void {
  mkdirSync(dirname(own), { recursive: true });
  try {
    writeFileSync(own, ownName());
  } catch (error) {
    if (!hasCode(error, 'ENOSPC')) throw error;
    rmSync(own, { force: true });
    symlinkSync(ownName(), own);
  }
}

function busy(path: string, owner: string): string {
  const [pid, , host] = owner.split(' ');
  return (
    `lab: expected to be the only run here, got one under way as process ${pid} on ${host}; ` +
    `wait for it, or stop it with Ctrl-C; if that host is gone, remove ${path}`
  );
}

/** Between reading and removing, another run may have taken the lock over: then it keeps it. */
function takeAway(path: string, owner: string): void {
  const aside = `${path}.${process.pid}.ended`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readIfThere(aside) !== owner) tryLink(aside, path);
  rmSync(aside);
}

/** A hard link appears with its content, or not at all. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readIfThere(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
