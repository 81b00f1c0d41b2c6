import { globSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/random.ts';
import { Repository } from './repository.ts';
import { canMount, smallDisk } from './tmpfs.ts';

const PAGE = 4096;
/** Twenty: TRIALS=20 npx vitest run tests/lab/full-disk.test.ts */
const TRIALS = Number(process.env['TRIALS'] ?? 8);
const mounts = canMount();
if (!mounts) process.stdout.write('full disks: skipped, for want of the right to mount one\n');

/** Leaves so many pages free. */
function fill(repository: Repository, folder: string, pages: number): () => void {
  const { bavail, bsize } = statfsSync(repository.path(folder));
  const ballast = repository.path(`${folder}/ballast`);
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - pages * PAGE)));
  return () => rmSync(ballast);
}

const dataOf = (repository: Repository): unknown =>
  (JSON.parse(repository.read('public/artifacts/counting.small.json')) as { data: unknown }).data;

it.runIf(mounts)(
  'a disk that fills at some moment fails by name, and one run with room heals all',
  async () => {
    const whole = new Repository();
    await whole.lab(['run']);
    const random = RandomStream.fromSeed(20);
    let failed = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const [repository, folder] = [new Repository(), trial % 2 === 0 ? '.lab' : 'public'];
      smallDisk(repository.path(folder), '256k');
      const free = fill(repository, folder, random.integer(folder === '.lab' ? 16 : 4));
      const { code, output } = await repository.lab(['run']);
      const place = folder.replace('.', '\\.');
      const said = new RegExp(
        `/${place}/\\S+: expected to write it, got ENOSPC; free some space`,
      ).test(output);
      expect([code, said], output).toEqual(code === 0 ? [0, false] : [1, true]);
      if (code !== 0) failed++;
      free();
      const healed = await repository.lab(['run']);
      expect(healed.code, healed.output).toBe(0);
      expect(dataOf(repository)).toEqual(dataOf(whole));
      const left = globSync(
        ['.*.tmp', '.lab/**/.*.tmp', '.lab/checkpoints/*', 'public/**/.*.tmp'],
        { cwd: repository.root },
      );
      expect(left).toEqual([]);
    }
    expect(failed).toBeGreaterThan(TRIALS / 3);
  },
);
