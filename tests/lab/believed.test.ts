import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkpointsPath, openCheckpoint } from '../../src/lab/checkpoint.ts';
import { publishedFiles } from '../../src/lab/crate/files.ts';
import { sha256 } from '../../src/lab/hash.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { Repository } from './repository.ts';

const LOCK = 'lab.lock/counting.small.json';
const ARTIFACT = 'public/artifacts/counting.small.json';

async function withResults(): Promise<Repository> {
  const repository = new Repository();
  await repository.lab(['run']);
  return repository;
}

const dataIn = (repository: Repository): unknown =>
  (JSON.parse(repository.read(ARTIFACT)) as { data: unknown }).data;

describe('results of others', () => {
  it('whose data do not fit, though their hash is right, are refused, and a run makes them', async () => {
    const [there, here] = [await withResults(), new Repository()];
    const planted = '{"total":"much","whole":true}';
    const after = sha256(planted);
    there.write(`.lab/objects/${after.slice(0, 2)}/${after.slice(2)}`, planted);
    there.write(LOCK, there.read(LOCK).replace(/("data\.json": ")\w+/, `$1${after}`));
    const { code, output } = await here.lab(['import', there.root]);
    expect(output).toMatch(
      /refused +counting\.small\/add: .*expected data of counting, got\n.*total/s,
    );
    expect(output).toContain('2 imported, 0 already here, 1 refused');
    expect(code).toBe(1);
    expect((await here.lab(['run'])).output).toContain('1 done, 0 failed');
    expect(dataIn(here)).toEqual(dataIn(there));
  });

  it('that took longer than an artifact may say are refused before anything is taken', async () => {
    const [there, here] = [await withResults(), new Repository()];
    there.write(LOCK, there.read(LOCK).replace(/"seconds": [\d.e-]+/, '"seconds": 1e300'));
    const { code, output } = await here.lab(['import', there.root]);
    expect(output).toMatch(/counting\.small\.json: expected records of schema 2, got[^]*seconds/);
    expect(code).toBe(1);
    expect(existsSync(here.path('lab.lock'))).toBe(false);
  });
});

describe('a checkpoint that its node cannot go on from', () => {
  /** One whose hash is right, where a killed run left its own. */
  async function planted(): Promise<Repository> {
    const repository = new Repository();
    repository.edit(
      'experiments/counting.ts',
      'parameters: { steps },',
      `parameters: { steps },
        checkState: ({ parameters }, bytes) => {
          if (JSON.parse(new TextDecoder().decode(bytes))[0] > parameters.steps) throw new Error('too many steps');
        },`,
    );
    await repository.lab(['run', 'counting/count/1'], { DIE_AT: '12' });
    const workspace = openWorkspace(repository.root);
    const [key = ''] = globSync('*', { cwd: checkpointsPath(workspace) });
    const bytes = new TextEncoder().encode('[41, 7]');
    const times = { seconds: 1, startedAt: '2026-01-01T00:00:00.000Z' };
    await openCheckpoint(workspace, key, () => {}).save({ bytes, ...times });
    return repository;
  }

  it('is reported and not used', async () => {
    const [repository, whole] = [await planted(), await withResults()];
    const { code, output } = await repository.lab(['run']);
    expect(output).toMatch(
      /checkpoint: expected .*checkpoints\/\w+ to hold a state of its node, got too many steps; starting over/,
    );
    expect(code).toBe(0);
    expect(dataIn(repository)).toEqual(dataIn(whole));
  });

  it('is not taken from others', async () => {
    const [there, here] = [await planted(), new Repository()];
    here.write('experiments/counting.ts', there.read('experiments/counting.ts'));
    const { code, output } = await here.lab(['import', there.root]);
    expect(output).toMatch(/refused +counting\.small\/count\/1: its checkpoint .*: too many steps/);
    expect(code).toBe(1);
    expect(globSync('.lab/checkpoints/*', { cwd: here.root })).toEqual([]);
  });
});

describe('planning survives, and names,', () => {
  it('a folder in the place of an artifact', async () => {
    const repository = await withResults();
    rmSync(repository.path(ARTIFACT));
    mkdirSync(repository.path(ARTIFACT));
    const status = await repository.lab(['status', '--preset', 'small']);
    expect(status.output).toMatch(
      /missing +counting\.small\/add +\(.*counting\.small\.json: expected to read/,
    );
    expect((await repository.lab(['explain', 'counting/add'])).output).toMatch(
      /counting\.small\/add: missing\n .*EISDIR/,
    );
    const run = await repository.lab(['run']);
    expect(run.output).toMatch(/expected to write it, got EISDIR; move away the folder/);
    expect(run.code).toBe(1);
  });

  it('a FIFO, which a run replaces', async () => {
    const repository = await withResults();
    const before = repository.read(ARTIFACT);
    rmSync(repository.path(ARTIFACT));
    execFileSync('mkfifo', [repository.path(ARTIFACT)]);
    const { output } = await repository.lab(['explain', 'counting/add']);
    expect(output).toMatch(
      /: missing\n .*small\.json: expected a regular file, got a FIFO or a device; remove/,
    );
    expect((await repository.lab(['run'])).code).toBe(0);
    expect(repository.read(ARTIFACT)).toBe(before);
  });
});

it.each(['folder', 'link without end'])(
  'records in whose place is a %s are named',
  async (kind) => {
    const repository = await withResults();
    rmSync(repository.path(LOCK));
    if (kind === 'folder') mkdirSync(repository.path(LOCK));
    else symlinkSync('/dev/zero', repository.path(LOCK));
    const { code, output } = await repository.lab(['status', '--preset', 'small']);
    expect(output).toMatch(
      /counting\.small\.json: expected records, got no regular file; restore it/,
    );
    expect(code).toBe(1);
  },
);

it('an export names the artifact that is cut short', async () => {
  const repository = await withResults();
  truncateSync(repository.path(ARTIFACT), 100);
  await expect(publishedFiles(repository.path('public'))).rejects.toThrow(
    /artifacts\/counting\.small\.json: expected an artifact with data, got/,
  );
});
