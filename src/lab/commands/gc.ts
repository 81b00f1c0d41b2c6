import { globSync, readFileSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { presets } from '../../artifacts/artifact.ts';
import { paperFolder } from '../../artifacts/folder.ts';
import { checkpointsPath } from '../checkpoint.ts';
import { optionsOnly } from '../command.ts';
import type { Command } from '../command.ts';
import { remove } from '../files.ts';
import { abandoned } from '../leftovers.ts';
import { LockFile, objectsOf } from '../lock.ts';
import type { LockEntry } from '../lock.ts';
import { hasEnded } from '../owner.ts';
import { acquireRunLock } from '../run-lock.ts';
import { objectsPath } from '../store.ts';
import { openWorkspace, runLockPath } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';

export const command: Command = {
  usage: '[--checkpoints]',
  notes:
    'Committed results stay, and so do temporary files that it did not make, or whose process may live. --checkpoints\n' +
    'drops those of unfinished runs as well: they start over then.',
  options: { checkpoints: { type: 'boolean' } },
  async run(invocation) {
    optionsOnly(invocation);
    const workspace = openWorkspace(paperFolder());
    const locks = presets.map((preset) => runLockPath(workspace, preset));
    const releases = [...new Set(locks)].map((path) => acquireRunLock(path));
    try {
      const unused = await unusedFiles(workspace, invocation.values['checkpoints'] === true);
      let [removed, bytes] = [0, 0];
      const failures: string[] = [];
      for (const path of unused) {
        const size = await sizeOf(path);
        try {
          await remove(path);
          removed++;
          bytes += size;
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
        }
      }
      failures.forEach((failure) => console.error(failure));
      console.log(`removed ${removed} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
      return failures.length > 0 ? 1 : 0;
    } finally {
      releases.forEach((release) => release());
    }
  },
};

async function unusedFiles(workspace: Workspace, checkpoints: boolean): Promise<string[]> {
  const locks = await Promise.all(presets.map((preset) => LockFile.open(workspace, preset)));
  const used = new Set(
    locks.flatMap((lock) => lock.ids().flatMap((id) => objectsOf(lock.get(id) as LockEntry))),
  );
  const objects = within(objectsPath(workspace), '*/*');
  const left = objects.filter((path) => !used.has(basename(dirname(path)) + basename(path)));
  return [
    ...new Set([
      ...left,
      ...abandoned(workspace),
      ...within(workspace.local, 'run*.pid.*').filter(isOfEnded),
      ...(checkpoints ? within(checkpointsPath(workspace), '*') : []),
    ]),
  ];
}

const within = (folder: string, pattern: string): string[] =>
  globSync(pattern, { cwd: folder }).map((path) => join(folder, path));

/** A run that was killed while it took its lock leaves a file that names it. */
function isOfEnded(path: string): boolean {
  try {
    return hasEnded(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
}

/** Bytes of a file, or of all files in a folder. */
async function sizeOf(path: string): Promise<number> {
  const { size } = await lstat(path);
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(
    async ({ parentPath, name }) => (await lstat(join(parentPath, name))).size,
  );
  return (await Promise.all(sizes)).reduce((sum, one) => sum + one, entries.length > 0 ? 0 : size);
}
