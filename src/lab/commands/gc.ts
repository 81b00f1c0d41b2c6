import { globSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { presets } from '../../artifacts/artifact.ts';
import { checkpointsPath } from '../checkpoint.ts';
import { optionsOnly } from '../command.ts';
import type { Command } from '../command.ts';
import { temporaryFiles } from '../leftovers.ts';
import { LockFile } from '../lock.ts';
import { acquireRunLock } from '../run-lock.ts';
import { objectsPath } from '../store.ts';
import { openWorkspace, runLockPath } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';

export const command: Command = {
  usage: '[--checkpoints]',
  notes:
    'Committed results stay. --checkpoints drops those of unfinished runs as well: they start over then.',
  options: { checkpoints: { type: 'boolean' } },
  async run(invocation) {
    optionsOnly(invocation);
    const workspace = openWorkspace(process.cwd());
    const locks = presets.map((preset) => runLockPath(workspace, preset));
    const releases = [...new Set(locks)].map((path) => acquireRunLock(path));
    try {
      const unused = await unusedFiles(workspace, invocation.values['checkpoints'] === true);
      let bytes = 0;
      for (const path of unused) {
        bytes += (await stat(path)).size;
        await rm(path);
      }
      console.log(`removed ${unused.length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
    } finally {
      releases.forEach((release) => release());
    }
    return 0;
  },
};

async function unusedFiles(workspace: Workspace, checkpoints: boolean): Promise<string[]> {
  const locks = await Promise.all(presets.map((preset) => LockFile.open(workspace, preset)));
  const used = new Set(
    locks.flatMap((lock) => lock.ids().flatMap((id) => Object.values(lock.get(id)?.outputs ?? {}))),
  );
  const objects = globSync(join(objectsPath(workspace), '*', '*'));
  const left = objects.filter((path) => !used.has(basename(dirname(path)) + basename(path)));
  return [
    ...new Set([
      ...left,
      ...temporaryFiles(workspace),
      ...(checkpoints ? globSync(join(checkpointsPath(workspace), '*')) : []),
    ]),
  ];
}
