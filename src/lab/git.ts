import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The checkout's commit, and whether any of `files` differs from it. Outside git: empty and dirty. */
export async function describeCheckout(
  root: string,
  files: readonly string[],
): Promise<{ commit: string; dirty: boolean }> {
  try {
    const head = await execute('git', ['rev-parse', 'HEAD'], { cwd: root });
    const pathspec = files.length === 0 ? [] : ['--', ...files];
    const status = await execute('git', ['status', '--porcelain', ...pathspec], { cwd: root });
    return { commit: head.stdout.trim(), dirty: files.length > 0 && status.stdout.trim() !== '' };
  } catch {
    return { commit: '', dirty: true };
  }
}
