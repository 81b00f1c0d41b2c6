import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { writeAtomic } from '../../src/lab/files.ts';
import { canonicalJson, prettyJson, sha256 } from '../../src/lab/hash.ts';
import { LockFile } from '../../src/lab/lock.ts';
import type { LockEntry } from '../../src/lab/lock.ts';
import { ownName } from '../../src/lab/owner.ts';
import { acquireRunLock } from '../../src/lab/run-lock.ts';
import { objectPath, openStore } from '../../src/lab/store.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { Repository } from './repository.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('store', () => {
  it('returns what was put, under the hash of its bytes', async () => {
    const store = openStore(openWorkspace(new Repository().root), () => {});
    const hash = await store.put(bytes('weights'));
    expect(hash).toBe(sha256('weights'));
    expect(String(await store.get(hash))).toBe('weights');
    expect(await store.get(sha256('other'))).toBeUndefined();
  });

  it('reports a corrupt object, never returns it, and heals on the next put', async () => {
    const warnings: string[] = [];
    const workspace = openWorkspace(new Repository().root);
    const store = openStore(workspace, (message) => warnings.push(message));
    const hash = await store.put(bytes('weights'));
    writeFileSync(objectPath(workspace, hash), 'weighty');
    expect(await store.get(hash)).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/expected .* to hash to its name, got other bytes/);
    await store.put(bytes('weights'));
    expect(String(await store.get(hash))).toBe('weights');
  });

  it('is cleaned of what no result refers to', async () => {
    const repository = new Repository();
    await repository.lab(['run', '--preset', 'smoke']);
    const store = openStore(openWorkspace(repository.root), () => {});
    const stray = await store.put(bytes('stray'));
    const kept = globSync(repository.path('.lab/objects/*/*')).length - 1;
    expect((await repository.lab(['gc'])).output).toContain('removed 1 files');
    expect(await store.get(stray)).toBeUndefined();
    expect(globSync(repository.path('.lab/objects/*/*'))).toHaveLength(kept);
  });
});

describe('writeAtomic', () => {
  it('leaves the old bytes and no temporary file when it fails', async () => {
    const repository = new Repository();
    repository.write('folder/file', 'old');
    const broken = { toString: () => 'not data' } as unknown as string;
    await expect(writeAtomic(repository.path('folder/file'), broken)).rejects.toThrow(/data/);
    expect(readdirSync(repository.path('folder'))).toEqual(['file']);
    expect(repository.read('folder/file')).toBe('old');
  });

  it('replaces a file that a reader holds open', async () => {
    const repository = new Repository();
    repository.write('file', 'old');
    await chmod(repository.path('file'), 0o444);
    await writeAtomic(repository.path('file'), 'new');
    expect(readFileSync(repository.path('file'), 'utf8')).toBe('new');
  });
});

describe('a run', () => {
  const temporary = (folder: string, owner: string): string =>
    `${folder}/.${'0'.repeat(36)}~${owner.replaceAll(' ', '~')}.tmp`;

  it('removes temporary files of killed processes, and of nobody else', async () => {
    const repository = new Repository();
    const folders = ['public/weights/a', '.lab/objects/00', '.lab/checkpoints', '.'];
    const left = folders.map((folder) => temporary(folder, `4194303 0 ${hostname()}`));
    const alive = temporary('public/weights/a', ownName());
    const elsewhere = temporary('.lab/checkpoints', '4194303 0 another-host');
    for (const path of [...left, alive, elsewhere]) repository.write(path, 'half');
    await repository.lab(['run', '--preset', 'smoke']);
    expect(left.filter((path) => existsSync(repository.path(path)))).toEqual([]);
    expect(repository.read(alive) + repository.read(elsewhere)).toBe('halfhalf');
  });
});

describe('acquireRunLock', () => {
  it('lets one owner in, and the next after its release', () => {
    const path = new Repository().path('.lab/run.pid');
    const release = acquireRunLock(path);
    expect(() => acquireRunLock(path)).toThrow(/expected to be the only run here/);
    release();
    acquireRunLock(path)();
  });

  it('is kept by a process of another host, of which nothing can be known', () => {
    const repository = new Repository();
    repository.write('.lab/run.pid', '1 0 another-host');
    expect(() => acquireRunLock(repository.path('.lab/run.pid'))).toThrow(
      /as process 1 on another-host; .* if that host is gone, remove .*run\.pid/,
    );
  });

  it.each([`4194303 0 ${hostname()}`, `${process.pid} 1234.5 ${hostname()}`, 'rubbish', ''])(
    'takes over a lock that holds "%s"',
    (content) => {
      const repository = new Repository();
      repository.write('.lab/run.pid', content);
      acquireRunLock(repository.path('.lab/run.pid'))();
    },
  );
});

describe('records', () => {
  it('of nodes that end together are all kept', async () => {
    const workspace = openWorkspace(new Repository().root);
    const record = (seed: number): LockEntry => ({
      parts: { code: sha256(''), parameters: {}, seed, inputs: {}, data: {}, packages: {} },
      outputs: {},
      published: {},
      runtime: { backend: 'cpu', adapter: 'none', software: false, packages: {} },
      startedAt: '2026-01-01T00:00:00Z',
      seconds: 1,
      commit: '',
      dirty: false,
      command: '',
    });
    const lock = await LockFile.open(workspace, 'small');
    const ids = [1, 2, 3].map((seed) => `x.small/train/${seed}`);
    await Promise.all(ids.map((id, i) => lock.set(id, record(i), {})));
    expect(lock.ids()).toEqual(ids);
    expect((await LockFile.open(workspace, 'small')).ids()).toEqual(ids);
  });
});

describe('JSON', () => {
  it('is canonical: key order does not count, values do', () => {
    expect(canonicalJson({ b: [1, null], a: { d: 'x', c: true } })).toBe(
      '{"a":{"c":true,"d":"x"},"b":[1,null]}',
    );
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(
      /value\.a: expected a JSON value, got NaN/,
    );
  });

  it('is pretty without changing the value', () => {
    const value = { a: [1, 2], b: [{ c: [] }, [1]], d: {}, e: null };
    expect(JSON.parse(prettyJson(value))).toEqual(value);
    expect(prettyJson(value)).toContain('"a": [1,2]');
  });
});
