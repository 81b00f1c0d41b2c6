import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeBundle } from './bundle/record.ts';

const execute = promisify(execFile);

/** The checkout's commit, and whether any of `files` differs from it. Outside git: empty and dirty. */
export async function describeCheckout(
  root: string,
  files: readonly string[],
): Promise<{ commit: string; dirty: boolean }> {
  const bundle = describeBundle(root, files);
  if (bundle) return bundle;
  try {
    const head = await execute('git', ['rev-parse', 'HEAD'], { cwd: root });
    const dirty = files.length > 0 && (await changedFiles(root, files)).length > 0;
    return { commit: head.stdout.trim(), dirty };
  } catch {
    return { commit: '', dirty: true };
  }
}

/** Those of `files` (or all) that differ from the commit. @throws Error outside git */
export async function changedFiles(root: string, files: readonly string[]): Promise<string[]> {
  const pathspec = files.length === 0 ? [] : ['--', ...files];
  const options = ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all'];
  const { stdout } = await execute('git', [...options, ...pathspec], { cwd: root });
  const lines = stdout.split('\0').filter((line) => line !== '');
  return lines.map((line) => line.slice(3));
}
