import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { presets } from '../../artifacts/artifact.ts';
import { paperFolder } from '../../artifacts/folder.ts';
import { readRecords } from '../../artifacts/records.ts';
import { mergeResults } from '../bundle/merge.ts';
import { checkpointsPath } from '../checkpoint.ts';
import { UsageError, wholeNumber } from '../command.ts';
import type { Command } from '../command.ts';
import { diskError, remove, temporaryIn } from '../files.ts';
import { checkWeights } from '../intake/believe.ts';
import { LIMITS } from '../intake/limits.ts';
import { stageArchive, stageFolder } from '../intake/stage.ts';
import { acquireRunLock } from '../run-lock.ts';
import { lockFolder, openWorkspace, runLockPath } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';

export const command: Command = {
  usage: '<folder, or archive of its .lab, lab.lock and public> [--max-bytes N] [--max-files N]',
  notes:
    'Takes in what this code would have made with the same parameters and inputs, and says why it refuses the\n' +
    'rest. What is here already stays. An archive is a tar file, as it is or compressed by gzip, xz, Zstandard or\n' +
    'bzip2. Of it and of a folder only regular files count, and all is read before anything is taken.\n\n' +
    `--max-bytes N  what it may unpack to (left out: ${LIMITS.bytes})\n` +
    `--max-files N  how many files it may hold (left out: ${LIMITS.files})`,
  options: { 'max-bytes': { type: 'string' }, 'max-files': { type: 'string' } },
  async run({ ids, values }) {
    const [path] = ids;
    if (path === undefined || ids.length > 1)
      throw new UsageError(`expected one folder or archive, got ${ids.length}`);
    const limits = {
      bytes: wholeNumber('max-bytes', values['max-bytes'] ?? LIMITS.bytes, 1),
      files: wholeNumber('max-files', values['max-files'] ?? LIMITS.files, 1),
    };
    const here = openWorkspace(paperFolder());
    const source = resolve(path);
    if (!existsSync(source))
      throw new Error(`import: expected ${source}, got none; check the path`);
    const kind = await stat(source);
    if (!kind.isDirectory() && !kind.isFile())
      throw new Error(`import: expected a folder or an archive, got neither: ${source}`);
    const folder = temporaryIn(here.local);
    try {
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw diskError('write', folder, error);
      });
      await (kind.isDirectory() ? stageFolder : stageArchive)(source, folder, limits);
      return await importFrom(here, staged(folder));
    } finally {
      await remove(folder);
    }
  },
};

const staged = (root: string): Workspace => ({
  root,
  experiments: join(root, 'experiments'),
  public: join(root, 'public'),
  local: join(root, '.lab'),
});

async function importFrom(here: Workspace, from: Workspace): Promise<number> {
  const underWay = existsSync(checkpointsPath(from));
  const there = presets.filter(
    (preset) => underWay || readRecords(lockFolder(from, preset), preset).size > 0,
  );
  for (const preset of there) await checkWeights(from, preset);
  const locks = new Set(there.map((preset) => runLockPath(here, preset)));
  const releases: (() => void)[] = [];
  try {
    for (const path of locks) releases.push(acquireRunLock(path));
    const counts = { imported: 0, present: 0, refused: 0 };
    for (const preset of there) {
      const { imported, present, checkpoints, refused } = await mergeResults(here, from, preset);
      for (const id of imported) console.log(`imported  ${id}`);
      for (const id of checkpoints) console.log(`goes on   ${id}`);
      for (const [id, reason] of refused) console.log(`refused   ${id}: ${reason}`);
      counts.imported += imported.length;
      counts.present += present.length;
      counts.refused += refused.size;
    }
    const { imported, present, refused } = counts;
    console.log(`${imported} imported, ${present} already here, ${refused} refused`);
    return refused > 0 ? 1 : 0;
  } finally {
    releases.forEach((release) => release());
  }
}
