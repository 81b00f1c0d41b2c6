import { globSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from './checkpoint.ts';
import { isAbandoned, remove } from './files.ts';
import { keyOf } from './lock.ts';
import type { LockEntry, LockFile } from './lock.ts';
import type { Workspace } from './workspace.ts';

/** Everywhere that the lab writes. */
const WRITTEN = [
  '.*.tmp',
  'lab.lock/.*.tmp',
  '.lab/**/.*.tmp',
  'public/{artifacts,weights}/**/.*.tmp',
];

/** What the lab wrote for a while and whose process has ended; of others, nothing. */
export const abandoned = ({ root }: Workspace): string[] =>
  globSync(WRITTEN, { cwd: root })
    .map((path) => join(root, path))
    .filter(isAbandoned);

/** Removes what killed processes left: temporary files, and checkpoints of results that are recorded. */
export async function removeLeftovers(workspace: Workspace, lock: LockFile): Promise<void> {
  for (const path of abandoned(workspace)) await remove(path);
  for (const id of lock.ids()) await removeCheckpoint(workspace, lock.get(id) as LockEntry);
}

/** Removes the checkpoint that ended in this result; that of a later, forced run stays. */
export async function removeCheckpoint(workspace: Workspace, entry: LockEntry): Promise<void> {
  const checkpoint = openCheckpoint(workspace, keyOf(entry.parts), () => {});
  const saved = await checkpoint.load();
  if (saved?.startedAt === entry.startedAt) await checkpoint.remove();
}
