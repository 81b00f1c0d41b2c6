import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';

/**
 * Keeps two runs from writing one lock file. The file holds the owner's pid; that of a dead process is
 * taken over.
 * @returns the function that gives the lock back
 */
export function acquireRunLock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    if (!tryLink(own, path)) {
      const owner = Number(readIfThere(path));
      if (isAlive(owner)) {
        throw new Error(
          `lab: expected to be the only run here, got one under way as process ${owner}; ` +
            'wait for it, or stop it with Ctrl-C',
        );
      }
      rmSync(path, { force: true });
      if (!tryLink(own, path)) throw new Error('lab: another run started just now; wait for it');
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** A hard link appears with its content, or not at all. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
