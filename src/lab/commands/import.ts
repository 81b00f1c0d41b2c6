import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { presets } from '../../artifacts/artifact.ts';
import { readRecords } from '../../artifacts/records.ts';
import { mergeResults } from '../bundle/merge.ts';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { acquireRunLock } from '../run-lock.ts';
import { lockFolder, openWorkspace, runLockPath } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';

export const command: Command = {
  usage: '<folder, or archive of its .lab, lab.lock and public>',
  notes:
    'Takes in what this code would have made with the same parameters and inputs, and says why it refuses the\n' +
    'rest. What is here already stays.',
  options: {},
  async run({ ids }) {
    const [path] = ids;
    if (path === undefined || ids.length > 1)
      throw new UsageError(`expected one folder or archive, got ${ids.length}`);
    const here = openWorkspace(process.cwd());
    const source = resolve(path);
    if (!existsSync(source))
      throw new Error(`import: expected ${source}, got none; check the path`);
    if (statSync(source).isDirectory()) return importFrom(here, workspaceIn(source));
    await mkdir(here.local, { recursive: true });
    const folder = await mkdtemp(join(here.local, 'import-'));
    try {
      await promisify(execFile)('tar', ['-xf', source, '-C', folder]).catch((error: unknown) => {
        const said = String((error as { stderr?: unknown }).stderr ?? error).split('\n')[0] ?? '';
        throw new Error(`import: expected a folder or an archive, got ${source}; ${said}`);
      });
      return await importFrom(here, workspaceIn(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The folder that holds a store, or the one folder in it that does. */
function workspaceIn(folder: string): Workspace {
  const candidates = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
  const root = candidates.find((candidate) => existsSync(join(candidate, '.lab')));
  if (root === undefined) {
    throw new Error(
      `import: expected a folder .lab in ${folder}, got none; ` +
        'give the unpacked bundle, or an archive of its .lab, lab.lock and public',
    );
  }
  const [experiments, local] = [join(root, 'experiments'), join(root, '.lab')];
  return { root, experiments, public: join(root, 'public'), local };
}

async function importFrom(here: Workspace, from: Workspace): Promise<number> {
  const there = presets.filter((preset) => readRecords(lockFolder(from, preset), preset).size > 0);
  const locks = new Set(there.map((preset) => runLockPath(here, preset)));
  const releases: (() => void)[] = [];
  try {
    for (const path of locks) releases.push(acquireRunLock(path));
    const counts = { imported: 0, present: 0, refused: 0 };
    for (const preset of there) {
      const { imported, present, refused } = await mergeResults(here, from, preset);
      for (const id of imported) console.log(`imported  ${id}`);
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
