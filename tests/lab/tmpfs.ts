import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const mount = (folder: string, size: string): unknown =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], {
    stdio: 'ignore',
  });

/** Whether this process may mount: root on Linux, and not in every container. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    mount(folder, '64k');
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

/** Makes a folder a disk of its own, of the given size such as `64k`, until the test ends. */
export function smallDisk(folder: string, size: string): void {
  mkdirSync(folder, { recursive: true });
  mount(folder, size);
  onTestFinished(() => void execFileSync('umount', [folder]));
}
