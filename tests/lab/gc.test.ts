import { execFileSync } from 'node:child_process';
import { existsSync, globSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { ownName } from '../../src/lab/owner.ts';
import { acquireRunLock } from '../../src/lab/run-lock.ts';
import { Repository } from './repository.ts';
import { canMount, smallDisk } from './tmpfs.ts';

const temporary = (folder: string, owner: string): string =>
  `${folder}/.${crypto.randomUUID()}~${owner.replaceAll(' ', '~')}.tmp`;

const ENDED = `4194303 0 ${hostname()}`;

it("gc removes what its own killed processes left, files and folders, and nobody else's", async () => {
  const repository = new Repository();
  const ours = ['.', '.lab', 'public/weights/a'].map((folder) => temporary(folder, ENDED));
  const folder = temporary('.lab', ENDED);
  const others = [
    '.editor.tmp',
    '.lab/.swap.tmp',
    'public/weights/.upload.tmp',
    temporary('public/artifacts', ownName()),
    temporary('.lab', '4194303 0 another-host'),
  ];
  for (const path of [...ours, ...others, `${folder}/deep/file`]) repository.write(path, 'half');
  const { code, output } = await repository.lab(['gc']);
  expect(output).toMatch(/^removed 4 files, /);
  expect(code).toBe(0);
  expect([...ours, folder].filter((path) => existsSync(repository.path(path)))).toEqual([]);
  expect(others.filter((path) => !existsSync(repository.path(path)))).toEqual([]);
});

it('gc takes folders where objects and checkpoints belong for what they are: unused', async () => {
  const repository = new Repository();
  repository.write('.lab/objects/aa/folder/file', '1');
  repository.write('.lab/checkpoints/folder/file', '1');
  expect((await repository.lab(['gc', '--checkpoints'])).output).toContain('removed 2 files');
  expect(globSync('.lab/{objects/*,checkpoints}/*', { cwd: repository.root })).toEqual([]);
});

it('gc works in a checkout whose path looks like a pattern', async () => {
  const repository = new Repository();
  const inner = 'p [v2] {a,b} *';
  for (const name of ['experiments/counting.ts', 'src/count.ts', 'src/advance.ts', 'src/add.ts'])
    repository.write(`${inner}/${name}`, repository.read(name));
  repository.write(`${inner}/package.json`, '{"type":"module"}');
  repository.write(`${inner}/.lab/objects/aa/stray`, '1');
  symlinkSync(repository.path('node_modules'), repository.path(`${inner}/node_modules`));
  const cli = resolve(import.meta.dirname, '../../src/lab/cli.ts');
  const cwd = repository.path(inner);
  const output = execFileSync(process.execPath, [cli, 'gc'], { cwd, encoding: 'utf8' });
  expect(output).toContain('removed 1 files');
});

const mounts = canMount();

it.runIf(mounts)('gc and the run lock work on a disk that is full', async () => {
  const repository = new Repository();
  smallDisk(repository.path('.lab'), '64k');
  repository.write('.lab/objects/aa/stray', 'x'.repeat(4096));
  expect(() => repository.write('.lab/objects/aa/full', 'x'.repeat(2 ** 20))).toThrow(/ENOSPC/);
  const release = acquireRunLock(repository.path('.lab/run.pid'));
  expect(() => acquireRunLock(repository.path('.lab/run.pid'))).toThrow(/only run here/);
  expect((await repository.lab(['gc'])).output).toMatch(
    /only run here, got one under way as process/,
  );
  release();
  const { code, output } = await repository.lab(['gc']);
  expect(output).toContain('removed 2 files');
  expect(code).toBe(0);
  expect(
    globSync('.lab/**', { cwd: repository.root, withFileTypes: true }).filter(
      (f) => !f.isDirectory(),
    ),
  ).toEqual([]);
});
if (!mounts)
  process.stdout.write('gc on a full disk: skipped, for want of the right to mount one\n');
