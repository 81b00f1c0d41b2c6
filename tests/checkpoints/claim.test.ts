import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claim } from '../../src/checkpoints/node/claim.ts';

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claims-'));
  target = join(folder, 'model.safetensors');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A part that somebody has, touched so many seconds ago. */
function partOf(host: string, pid: number, content: string, ago = 0): string {
  const path = join(folder, `.model.safetensors~1000~${host}~${pid}~1~part`);
  writeFileSync(path, content);
  const touched = Date.now() / 1000 - ago;
  utimesSync(path, touched, touched);
  return path;
}

const endedPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('the part of a file that is downloaded so far', () => {
  it('is begun, left, and gone on with', async () => {
    const first = (await claim(target))!;
    writeFileSync(first.path, 'half');
    await first.release();
    const second = (await claim(target))!;
    expect(second.path).not.toBe(first.path);
    expect(readFileSync(second.path, 'utf8')).toBe('half');
    await second.release();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('leaves nothing behind that is empty, or when the file is whole', async () => {
    await (await claim(target))!.release();
    expect(readdirSync(folder)).toEqual([]);
    partOf('elsewhere', 1, 'older', 100);
    const own = (await claim(target))!;
    partOf('elsewhere', 2, 'older still', 200);
    writeFileSync(target, 'whole');
    await own.release();
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
    expect(await claim(target)).toBeUndefined();
  });

  it.each([
    ['a process that has ended', hostname(), endedPid, 0],
    ['another machine that has been silent for long', 'elsewhere', () => process.pid, 61],
    ['a process of that number from before', hostname(), () => process.pid, 61],
  ])('is taken from %s, the longest first', async (_, host, pid, ago) => {
    partOf(host, endedPid(), 'short', ago);
    partOf(host, pid(), 'much longer', ago);
    let waited = false;
    const taken = (await claim(target, () => (waited = true)))!;
    expect(waited).toBe(false);
    expect(readFileSync(taken.path, 'utf8')).toBe('much longer');
    expect(Date.now() - statSync(taken.path).mtimeMs).toBeLessThan(60_000);
    await taken.release();
  });

  it.each([
    ['a living process', hostname(), process.pid, 50],
    ['another machine', 'elsewhere', 1, 50],
  ])('of %s is waited for', async (_, host, pid, ago) => {
    const path = partOf(host, pid, 'in work', ago);
    let waits = 0;
    const claimed = (await claim(target, () => {
      if (++waits === 2) rmSync(path);
    }))!;
    expect(waits).toBe(2);
    expect(readFileSync(claimed.path, 'utf8')).toBe('');
    await claimed.release();
  });

  it('has one owner at a time, however many want it', async () => {
    let [now, most, turns] = [0, 0, 0];
    const work = async (): Promise<void> => {
      const own = await claim(target);
      if (!own) return;
      most = Math.max(most, ++now);
      turns++;
      writeFileSync(own.path, `${readFileSync(own.path, 'utf8')}.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      await own.release();
    };
    await Promise.all(Array.from({ length: 6 }, work));
    expect([most, turns]).toEqual([1, 6]);
    const [part] = readdirSync(folder);
    expect(readFileSync(join(folder, part!), 'utf8')).toBe('......');
  });
});
