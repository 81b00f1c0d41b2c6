import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { describeBundle } from './bundle/record.ts';

/** What git sets in hooks, which would name another repository. */
const ELSEWHERE = ['DIR', 'WORK_TREE', 'INDEX_FILE', 'COMMON_DIR', 'OBJECT_DIRECTORY', 'PREFIX'];
const MOST_OUTPUT = 2 ** 28;

const PROJECT = resolve(import.meta.dirname, '../..');

/** The checkout that a paper belongs to: this repository's, of a paper in a folder of it. */
export const topOf = (root: string): string =>
  resolve(root).startsWith(join(PROJECT, '/')) ? PROJECT : root;

async function git(root: string, args: readonly string[], input = ''): Promise<string> {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };
  for (const name of ELSEWHERE) delete env[`GIT_${name}`];
  const options = { cwd: root, env, maxBuffer: MOST_OUTPUT };
  const running = promisify(execFile)('git', args, options);
  running.child.stdin?.on('error', () => {}).end(input);
  return (await running).stdout;
}

/** The commit of a checkout whose top is `root`; undefined in a folder of another checkout. */
async function headOf(root: string): Promise<string | undefined> {
  const output = await git(root, ['rev-parse', '--show-prefix', '--verify', 'HEAD']);
  const [prefix, commit = ''] = output.split('\n');
  return prefix === '' ? commit : undefined;
}

/**
 * The checkout's commit, and whether any of `files` (paths from `root`) holds other bytes than it. Outside
 * git, or where git does not tell: empty and dirty.
 */
export async function describeCheckout(
  root: string,
  files: readonly string[],
): Promise<{ commit: string; dirty: boolean }> {
  const bundle = describeBundle(root, files);
  if (bundle) return bundle;
  const top = topOf(root);
  const commit = await headOf(top).catch(() => undefined);
  if (commit === undefined) return { commit: '', dirty: true };
  const placed = files.map((file) => relative(top, join(root, file)).replaceAll('\\', '/'));
  const changed = await changedFiles(top, placed).catch(() => files);
  return { commit, dirty: changed.length > 0 };
}

/** Why results would be recorded without a commit though there is a checkout; undefined where all is well. */
export async function commitWarning(root: string): Promise<string | undefined> {
  if (!existsSync(join(root, '.git'))) return undefined;
  const said = await headOf(root).then(
    (commit) => (commit === undefined ? 'that of a folder above' : undefined),
    (error: unknown) => {
      const { stderr, message } = error as { stderr?: string; message: string };
      return (stderr || message).trim().split('\n')[0] ?? '';
    },
  );
  if (said === undefined) return undefined;
  const remedy = said.includes('dubious ownership')
    ? `git config --global --add safe.directory ${root}`
    : 'see what git status says here';
  return `git: expected the commit of ${root}, got ${said}; results will not name it: ${remedy}`;
}

/**
 * Those of `files` that are not in the commit with the same bytes, whatever git was told to ignore.
 * @throws Error outside git
 */
export async function changedFiles(root: string, files: readonly string[]): Promise<string[]> {
  const committed = await committedBlobs(root);
  const known = files.filter(
    (file) => committed.has(file) && existsSync(join(root, file)) && !/["\n]/.test(file),
  );
  const lines = known.map((file) => `${file}\n`).join('');
  const hashes = (await git(root, ['hash-object', '--stdin-paths'], lines)).split('\n');
  const same = new Set(known.filter((file, i) => committed.get(file) === hashes[i]));
  return files.filter((file) => !same.has(file));
}

/** Hash of each file of the commit, as git computes it, by path. */
async function committedBlobs(root: string): Promise<Map<string, string>> {
  const tree = await git(root, ['ls-tree', '-r', '-z', '--full-tree', 'HEAD']);
  const entries = tree.split('\0').filter((entry) => entry !== '');
  return new Map(
    entries.map((entry): [string, string] => {
      const tab = entry.indexOf('\t');
      return [entry.slice(tab + 1), entry.slice(0, tab).split(' ')[2] ?? ''];
    }),
  );
}
