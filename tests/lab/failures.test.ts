import { globSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Repository } from './repository.ts';

const ARTIFACT = 'public/artifacts/counting.small.json';
const RECORDS = 'lab.lock/counting.small.json';

interface Artifact {
  schema: number;
  data: { total: number };
  provenance: { seconds: number; startedAt: string };
}
const artifactOf = (repository: Repository): Artifact =>
  JSON.parse(repository.read(ARTIFACT)) as Artifact;

/** As a URL: NODE_OPTIONS splits at spaces, which a folder's name may hold. */
const preload = (name: string): string =>
  `--import=${pathToFileURL(join(import.meta.dirname, name)).href}`;

const failingDisk = (code: string, path: string): Record<string, string> => ({
  NODE_OPTIONS: preload('failing-disk.mjs'),
  FAIL_CODE: code,
  FAIL_PATH: path,
});

async function unbroken(): Promise<Artifact> {
  const repository = new Repository();
  await repository.lab(['run']);
  return artifactOf(repository);
}

const leftovers = (repository: Repository): string[] =>
  globSync(['.*.tmp', '.lab/**/.*.tmp', 'public/**/.*.tmp'], { cwd: repository.root });

describe('nothing is lost and the error says what to do after', () => {
  it.each([
    ['a full disk', 'ENOSPC', 'objects', 'free some space'],
    ['a full disk under checkpoints', 'ENOSPC', 'checkpoints', 'free some space'],
    ['a full disk under the lock', 'ENOSPC', 'small', 'free some space'],
    ['a read-only file system', 'EROFS', 'public', 'make the file system writable'],
    ['a read-only folder', 'EACCES', 'weights', 'make the folder writable for you'],
  ])('%s (%s in %s)', async (_, code, path, remedy) => {
    const [repository, whole] = [new Repository(), await unbroken()];
    const disk = failingDisk(code, path === 'small' ? `${repository.root}/.` : path);
    const broken = await repository.lab(['run'], disk);
    expect(broken.code).toBe(1);
    expect(broken.output).toMatch(new RegExp(`expected to write it, got ${code}; ${remedy}`));
    expect(leftovers(repository)).toEqual([]);
    const again = await repository.lab(['run']);
    expect(again.code).toBe(0);
    expect(artifactOf(repository).data).toEqual(whole.data);
  });

  it('a lock of an unknown schema, which stays as it is', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    repository.edit(RECORDS, '"schema": 2', '"schema": 7');
    const before = repository.read(RECORDS);
    const { code, output } = await repository.lab(['run']);
    expect(output).toMatch(
      /counting\.small\.json: expected records of schema 2, got[^]*restore it from git/,
    );
    expect(code).toBe(1);
    expect(repository.read(RECORDS)).toBe(before);
  });

  it('an artifact of an unknown schema, which is written again', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    const before = artifactOf(repository);
    repository.edit(ARTIFACT, '"schema": 1', '"schema": 7');
    const status = await repository.lab(['status', '--preset', 'small']);
    expect(status.output).toMatch(/missing +counting\.small\/add +\(its committed files are gone/);
    const { output } = await repository.lab(['run']);
    expect(output).toContain(`restored ${ARTIFACT}`);
    expect(artifactOf(repository)).toMatchObject({ schema: 1, data: before.data });
  });

  it('truncated weights, which are restored', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    const weights = 'public/weights/counting.small/1.bin';
    const before = repository.read(weights);
    truncateSync(repository.path(weights), 4);
    const status = await repository.lab(['status', '--preset', 'small']);
    expect(status.output).toMatch(/missing +counting\.small\/count\/1/);
    const { output } = await repository.lab(['run']);
    expect(output).toContain(`restored ${weights}`);
    expect(repository.read(weights)).toBe(before);
  });

  it('a clock that jumps back: the same key and data, and no negative times', async () => {
    const [repository, whole] = [new Repository(), await unbroken()];
    const jumping = { NODE_OPTIONS: preload('jumping-clock.mjs') };
    await repository.lab(['run'], { ...jumping, DIE_AT: '13' });
    const { code, output } = await repository.lab(['run'], jumping);
    expect(output).toContain('resumes from a checkpoint');
    expect(output).not.toMatch(/-\d+ (s|min|h)/);
    expect(code).toBe(0);
    const { data, provenance } = artifactOf(repository);
    expect(data).toEqual(whole.data);
    expect(provenance.seconds).toBeGreaterThan(0);
    expect((await repository.lab(['run'])).output).toContain('nothing to run');
  });

  it.each([
    ['a missing package', ['--backend', 'tensorflow'], /tensorflow/],
    ['a missing device', ['--backend', 'webgpu'], /expected backend webgpu as asked for, got none/],
  ])('%s', async (_, options, message) => {
    const repository = new Repository();
    repository.edit(
      'src/count.ts',
      'import',
      "import { scalar } from '@tensorflow/tfjs-core';\nimport",
    );
    repository.edit('src/count.ts', 'state = advance(state)', 'state = advance(state, scalar)');
    const nowhere = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
    const { code, output } = await repository.lab(['run', 'counting/count/1', ...options], nowhere);
    expect(output).toMatch(message);
    expect(output).toContain('0 done, 1 failed, 0 not run');
    expect(code).toBe(1);
    const status = await repository.lab(['status', '--preset', 'small']);
    expect(status.output).not.toContain('fresh');
    expect((await repository.lab(['run', 'counting/count/1'])).code).toBe(0);
  });
});
