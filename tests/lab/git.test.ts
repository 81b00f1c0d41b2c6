import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it, onTestFinished, vi } from 'vitest';
import { changedFiles, commitWarning, describeCheckout } from '../../src/lab/git.ts';
import { Repository } from './repository.ts';

const ME = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
const git = (root: string, ...args: string[]): string =>
  execFileSync('git', [...ME, ...args], { cwd: root, encoding: 'utf8' }).trim();

const FILES = ['experiments/a.ts', 'src/[v2] {a,b} *.ts', 'src/ä b.ts'];

/** A checkout with one commit of FILES. */
function checkout(): string {
  const root = mkdtempSync(join(tmpdir(), 'git-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['experiments', 'src']) mkdirSync(join(root, folder));
  for (const file of FILES) writeFileSync(join(root, file), 'export const steps = 1;\n');
  git(root, 'init', '-q');
  git(root, 'add', '.');
  git(root, 'commit', '-qm', 'one');
  return root;
}

it('a checkout whose files are those of the commit is clean, and names it', async () => {
  const root = checkout();
  const commit = git(root, 'rev-parse', 'HEAD');
  expect(await describeCheckout(root, FILES)).toEqual({ commit, dirty: false });
  expect(await commitWarning(root)).toBeUndefined();
});

it.each(FILES)('an uncommitted change to %s is dirty, and to no other file', async (file) => {
  const root = checkout();
  writeFileSync(join(root, file), 'export const steps = 2;\n');
  const others = FILES.filter((other) => other !== file);
  expect(await describeCheckout(root, [file])).toMatchObject({ dirty: true });
  expect(await describeCheckout(root, others)).toMatchObject({ dirty: false });
  expect(await changedFiles(root, FILES)).toEqual([file]);
});

it('a change is dirty where git was told to overlook it', async () => {
  const root = checkout();
  const [a = '', b = '', c = ''] = FILES;
  git(root, 'update-index', '--assume-unchanged', a);
  git(root, 'update-index', '--skip-worktree', b);
  writeFileSync(join(root, '.git/info/exclude'), 'ignored.ts\n');
  writeFileSync(join(root, 'ignored.ts'), '1');
  for (const file of [a, b]) writeFileSync(join(root, file), 'export const steps = 2;\n');
  for (const file of [a, b, 'ignored.ts'])
    expect(await describeCheckout(root, [file]), file).toMatchObject({ dirty: true });
  expect(await describeCheckout(root, [c])).toMatchObject({ dirty: false });
});

it('a file that is gone, or outside the checkout, is dirty, and the commit is told', async () => {
  const root = checkout();
  const commit = git(root, 'rev-parse', 'HEAD');
  rmSync(join(root, FILES[0] as string));
  expect(await describeCheckout(root, [FILES[0] as string])).toEqual({ commit, dirty: true });
  expect(await describeCheckout(root, ['../elsewhere.ts'])).toEqual({ commit, dirty: true });
});

it('a folder without .git inside another checkout does not take its commit', async () => {
  const root = checkout();
  mkdirSync(join(root, 'inner/experiments'), { recursive: true });
  writeFileSync(join(root, 'inner/experiments/a.ts'), '1');
  git(root, 'add', '.');
  git(root, 'commit', '-qm', 'two');
  const inner = await describeCheckout(join(root, 'inner'), ['experiments/a.ts']);
  expect(inner).toEqual({ commit: '', dirty: true });
  expect(await commitWarning(join(root, 'inner'))).toBeUndefined();
});

it("another repository's name in the environment, as in a hook, does not count", async () => {
  const [root, other] = [checkout(), checkout()];
  git(other, 'commit', '-q', '--allow-empty', '-m', 'two');
  const commit = git(root, 'rev-parse', 'HEAD');
  vi.stubEnv('GIT_DIR', join(other, '.git'));
  vi.stubEnv('GIT_WORK_TREE', other);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await describeCheckout(root, FILES)).toEqual({ commit, dirty: false });
});

it('a checkout without a commit has none, which is a warning', async () => {
  const root = checkout();
  rmSync(join(root, '.git'), { recursive: true });
  git(root, 'init', '-q');
  expect(await describeCheckout(root, FILES)).toEqual({ commit: '', dirty: true });
  expect(await commitWarning(root)).toMatch(/expected the commit of .*, got fatal/);
});

it('a checkout that lost its repository inside another one is a warning', async () => {
  const root = checkout();
  mkdirSync(join(root, 'inner/.git'), { recursive: true });
  expect(await commitWarning(join(root, 'inner'))).toMatch(/got that of a folder above/);
});

it.runIf(process.getuid?.() === 0)(
  "another user's checkout, of which git tells nothing, is a warning with the remedy",
  async () => {
    const root = checkout();
    for (const path of [root, join(root, '.git')]) chownSync(path, 12345, 12345);
    const warning = await commitWarning(root);
    expect(warning).toMatch(/expected the commit of .*, got .*dubious ownership/);
    expect(warning).toContain(`git config --global --add safe.directory ${root}`);
    expect(await describeCheckout(root, FILES)).toEqual({ commit: '', dirty: true });
  },
);

it('the record of a bundle that cannot be read is an error that names it', async () => {
  const root = checkout();
  writeFileSync(join(root, 'bundle.json'), '{"schema": 1, "commit"');
  await expect(describeCheckout(root, FILES)).rejects.toThrow(
    /bundle\.json: expected the record of a bundle, got[^]*unpack it again/,
  );
});

it('a run says before its first node that git tells no commit', async () => {
  const repository = new Repository();
  mkdirSync(repository.path('.git'));
  const { output } = await repository.lab(['run']);
  expect(output).toMatch(/git: expected the commit of[^]*count\/1: starts/);
});
