import { execFile } from 'node:child_process';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { paperFolder } from '../../artifacts/folder.ts';
import { bundleName, stageBundle } from '../bundle/stage.ts';
import { findExperiment } from '../catalog.ts';
import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { diskError, remove, temporaryIn } from '../files.ts';
import { openWorkspace } from '../workspace.ts';

const NAME = bundleName('lab');
/** Small enough, and a third of the time of xz's default. */
const XZ_LEVEL = '-1';
const MOST = 50e6;

export const command: Command = {
  usage: '[experiment …] [--out FILE.tar.xz]',
  notes:
    'Takes along the committed results of the named experiments, to verify or extend there; of none if none is\n' +
    `named. Without --out into ${NAME}.tar.xz. Unpacked on a host of the same kind, ./lab takes the commands of\n` +
    'npm run lab --; bring its results home with lab import. Its README.md says the rest.',
  options: { out: { type: 'string' } },
  async run({ ids, values }) {
    const out = resolve(String(values['out'] ?? `${NAME}.tar.xz`));
    if (!out.endsWith('.tar.xz'))
      throw new UsageError(`--out: expected a name ending in .tar.xz, got ${out}`);
    const workspace = openWorkspace(paperFolder());
    const { root, local } = workspace;
    await Promise.all(ids.map((id) => findExperiment(workspace, id)));
    const [folder, packed] = [temporaryIn(local), temporaryIn(dirname(out))];
    try {
      await mkdir(folder, { recursive: true });
      await stageBundle(root, join(folder, NAME), ids);
      await mkdir(dirname(out), { recursive: true });
      await pack(folder, packed);
      await rename(packed, out);
    } catch (error) {
      throw diskError('write', out, error);
    } finally {
      await remove(packed);
      await remove(folder);
    }
    return report(out);
  },
};

/** Equal files make equal archives: no owners, no times, names in order. */
async function pack(folder: string, packed: string): Promise<void> {
  const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
  const env = { ...process.env, XZ_OPT: XZ_LEVEL };
  await promisify(execFile)('tar', ['-cJf', packed, '-C', folder, ...same, NAME], { env });
}

async function report(out: string): Promise<number> {
  const { size } = await stat(out);
  console.log(`${out}: ${(size / 1e6).toFixed(1)} MB; unpack it and see its README.md`);
  if (size <= MOST) return 0;
  console.error(
    `bundle: expected at most ${MOST / 1e6} MB; take along the results of fewer experiments`,
  );
  return 1;
}
