import { existsSync, globSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Repository } from './repository.ts';

const ARTIFACT = 'public/artifacts/counting.small.json';
const RECORDS = 'lab.lock/counting.small.json';

/** A repository with results, as they come back from another machine. */
async function withResults(): Promise<Repository> {
  const repository = new Repository();
  await repository.lab(['run']);
  return repository;
}

const dataOf = (repository: Repository): unknown =>
  (JSON.parse(repository.read(ARTIFACT)) as { data: unknown }).data;

describe('lab import', () => {
  it('takes in an archive of results: fresh, and the artifact as its maker wrote it', async () => {
    const [there, here] = [await withResults(), new Repository()];
    const archive = here.path('results.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', there.root, '.lab', 'lab.lock', 'public']);
    const { code, output } = await here.lab(['import', archive]);
    expect(output).toContain('3 imported, 0 already here, 0 refused');
    expect(code).toBe(0);
    expect(here.read(ARTIFACT)).toBe(there.read(ARTIFACT));
    expect((await here.lab(['run'])).output).toContain('3 nodes fresh, nothing to run');
    const again = await here.lab(['import', there.root]);
    expect(again.output).toContain('0 imported, 3 already here, 0 refused');
  });

  it('writes the artifact anew where only the store came', async () => {
    const [there, here] = [await withResults(), new Repository()];
    execFileSync('rm', ['-r', there.path('public')]);
    await here.lab(['import', there.root]);
    expect((await here.lab(['status', '--preset', 'small'])).output.match(/fresh/g)).toHaveLength(
      3,
    );
  });

  it('refuses what other code made, and what was made of it', async () => {
    const [there, here] = [await withResults(), new Repository()];
    here.edit('src/advance.ts', '1664525', '1664526');
    const { code, output } = await here.lab(['import', there.root]);
    expect(output).toMatch(/refused +counting\.small\/count\/1: .*code: src\/advance\.ts changed/);
    expect(output).toContain('0 imported, 0 already here, 3 refused');
    expect(code).toBe(1);
    expect(existsSync(here.path(ARTIFACT))).toBe(false);
  });

  it('refuses corrupt and missing objects, which stay as they are', async () => {
    const [there, here] = [await withResults(), new Repository()];
    const objects = globSync(there.path('.lab/objects/*/*'));
    objects.forEach((path) => writeFileSync(path, 'other bytes'));
    const { code, output } = await here.lab(['import', there.root]);
    expect(output).toContain('its output state.bin does not have the recorded hash');
    expect(output).toContain('counting.small/add: its input count/1 was refused');
    expect(code).toBe(1);
    expect(globSync(there.path('.lab/objects/*/*'))).toEqual(objects);
  });

  it('keeps its own result where the other side has other bytes under the same key', async () => {
    const [there, here] = [await withResults(), await withResults()];
    const before = [here.read(ARTIFACT), here.read(RECORDS)];
    const data = (repository: Repository): string =>
      /"add"[^]*?"data\.json": "(\w+)"/.exec(repository.read(RECORDS))?.[1] ?? '';
    there.edit(RECORDS, data(there), '0'.repeat(64));
    const { output } = await here.lab(['import', there.root]);
    expect(output).toMatch(/refused +counting\.small\/add: .*same key with other bytes/);
    expect(output).toContain('0 imported, 2 already here, 1 refused');
    expect([here.read(ARTIFACT), here.read(RECORDS)]).toEqual(before);
  });

  it('takes over where a node stands that is not finished, and goes on from there', async () => {
    const [there, here, unbroken] = [new Repository(), new Repository(), await withResults()];
    await there.lab(['run', 'counting/count/1'], { DIE_AT: '12' });
    expect((await here.lab(['import', there.root])).output).toMatch(
      /goes on +counting\.small\/count\/1\n0 imported/,
    );
    const { output } = await here.lab(['run']);
    expect(output).toMatch(/count\/1: resumes from a checkpoint/);
    expect(dataOf(here)).toEqual(dataOf(unbroken));
    expect((await here.lab(['import', there.root])).output).not.toContain('goes on');
  });

  it('says what it expects of a folder without results', async () => {
    const here = new Repository();
    const { code, output } = await here.lab(['import', here.root]);
    expect(output).toMatch(/import: expected a folder \.lab in .*, got none; give the unpacked/);
    expect(code).toBe(1);
  });
});
