import { renameSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { node } from '../../src/lab/experiment.ts';
import type { DataSource, Files } from '../../src/lab/experiment.ts';
import { createKeyer } from '../../src/lab/keys.ts';
import { keyOf } from '../../src/lab/lock.ts';
import { identify } from '../../src/lab/packages.ts';
import type { KeyParts } from '../../src/lab/lock.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { Repository } from './repository.ts';

const importFrom = async (repository: Repository, file: string): Promise<Record<string, unknown>> =>
  (await import(pathToFileURL(repository.path(file)).href)) as Record<string, unknown>;

/** What the key of a node is made of that runs `add` and is handed `advance`. */
async function partsOf(
  repository: Repository,
  own: { data?: Record<string, DataSource>; run?: string; file?: string } = {},
): Promise<KeyParts> {
  const { data = {}, run = 'add', file = 'src/add.ts' } = own;
  const url = (name: string): string => pathToFileURL(repository.path(name)).href;
  const [main, given] = [
    await importFrom(repository, file),
    await importFrom(repository, 'src/advance.ts'),
  ];
  const made = node({
    id: 'given',
    module: url(file),
    run: main[run] as () => Promise<Files>,
    parameters: {},
    uses: { given: { module: url('src/advance.ts'), value: given['advance'] } },
    data,
  });
  return createKeyer(openWorkspace(repository.root)).parts(made, {});
}

describe('a key', () => {
  it('counts code that a node is given, and not its siblings in the module', async () => {
    const repository = new Repository();
    const before = keyOf(await partsOf(repository));
    repository.edit('src/advance.ts', 'unused = 1', 'unused = 2');
    expect(keyOf(await partsOf(repository))).toBe(before);
    repository.edit('src/advance.ts', '1664525', '1664526');
    expect(keyOf(await partsOf(repository))).not.toBe(before);
  });

  it('is the same in another folder, of whatever name', async () => {
    const [here, there] = [new Repository(), new Repository()];
    const before = keyOf(await partsOf(here));
    expect(keyOf(await partsOf(there))).toBe(before);
    const odd = `${there.root} [v2] {a,b}`;
    renameSync(there.root, odd);
    try {
      expect(
        keyOf(await partsOf(Object.assign(Object.create(there) as Repository, { root: odd }))),
      ).toBe(before);
    } finally {
      renameSync(odd, there.root);
    }
  });

  it('names the packages that compute, with a hash of what is installed', async () => {
    const repository = new Repository();
    repository.write(
      'src/solve.ts',
      "import { Matrix } from 'ml-matrix';\nexport const solve = async () => ({ m: Matrix.eye(2) });",
    );
    const { packages } = await partsOf(repository, { file: 'src/solve.ts', run: 'solve' });
    expect(packages['ml-matrix']).toMatch(/^6\.15\.1 [0-9a-f]{12}$/);
  });

  it('names what such a package depends on, where that is not what keys have covered so far', () => {
    const repository = new Repository();
    repository.remove('node_modules');
    const install = (path: string, dependencies: object, code: string): void => {
      const folder = `node_modules/${path}`;
      repository.write(
        `${folder}/package.json`,
        JSON.stringify({ version: '1.0.0', dependencies }),
      );
      repository.write(`${folder}/index.js`, code);
    };
    install('solver', { sums: '1', 'types-only': '1' }, '1');
    install('solver/node_modules/sums', { deep: '1' }, '2');
    install('deep', { solver: '1' }, '3');
    repository.write('node_modules/types-only/package.json', '{"version":"1.0.0"}');
    const [own, ...others] = identify(repository.root, 'solver').split(', ');
    expect(own).toMatch(/^1\.0\.0 [0-9a-f]{12}$/);
    expect(others).toEqual([
      expect.stringMatching(/^deep 1\.0\.0 [0-9a-f]{12}$/),
      expect.stringMatching(/^sums 1\.0\.0 [0-9a-f]{12}$/),
    ]);
  });

  it.each([
    [
      'a file',
      "import { readFileSync } from 'node:fs';",
      "readFileSync('a')",
      'readFileSync of node:fs',
    ],
    [
      'a file by another name',
      "import { readFileSync } from 'fs';",
      "readFileSync('a')",
      'readFileSync of fs',
    ],
    ['the network', '', "await fetch('http://a')", 'fetch'],
  ])('refuses code that reads %s', async (_, imports, read, what) => {
    const repository = new Repository();
    repository.write('src/sly.ts', `${imports}\nexport const sly = async () => ({ a: ${read} });`);
    await expect(partsOf(repository, { file: 'src/sly.ts', run: 'sly' })).rejects.toThrow(
      `node given: expected code that depends on its context alone, got a use of ${what}; declare`,
    );
  });

  it('lets code be that only speaks of it', async () => {
    const repository = new Repository();
    repository.write(
      'src/sly.ts',
      "export const sly = async () => ({ a: ' global fetch (global require' });",
    );
    await expect(partsOf(repository, { file: 'src/sly.ts', run: 'sly' })).resolves.toBeDefined();
  });
});

describe('declared data', () => {
  const rows = { file: 'data/rows.csv', origin: 'measured by hand', licence: 'CC0-1.0' };

  it('counts by its bytes', async () => {
    const repository = new Repository();
    repository.write('data/rows.csv', 'a,b\n1,2\n');
    const before = await partsOf(repository, { data: { rows } });
    repository.write('data/rows.csv', 'a,b\n1,3\n');
    const after = await partsOf(repository, { data: { rows } });
    expect(after.data['rows']).not.toBe(before.data['rows']);
    expect(keyOf(after)).not.toBe(keyOf(before));
  });

  it('may be missing only where that is said', async () => {
    const repository = new Repository();
    await expect(partsOf(repository, { data: { rows } })).rejects.toThrow(
      /given rows: expected data\/rows\.csv, got no file/,
    );
    const { data } = await partsOf(repository, { data: { rows: { ...rows, optional: true } } });
    expect(data).toEqual({ rows: null });
  });

  it('lies in the repository', async () => {
    const outside = { data: { rows: { file: '../../etc/passwd' } } };
    await expect(partsOf(new Repository(), outside)).rejects.toThrow(
      /expected a file of the repository/,
    );
  });

  it('that was computed elsewhere is what it was said to be', async () => {
    const repository = new Repository();
    repository.write('data/rows.csv', 'a\n');
    const elsewhere = {
      sha256: 'f'.repeat(64),
      command: 'python fit.py',
      environment: 'torch 2.13',
    };
    await expect(partsOf(repository, { data: { rows: { ...rows, elsewhere } } })).rejects.toThrow(
      /expected data\/rows\.csv to be what was computed elsewhere/,
    );
  });

  it('of an artifact is its numbers, whatever their provenance', async () => {
    const repository = new Repository();
    const data = { source: { artifact: 'other', preset: 'small' } } as const;
    const write = (value: object) =>
      repository.write('public/artifacts/other.small.json', JSON.stringify(value));
    write({ data: { total: 1 }, provenance: { commit: 'a' } });
    const before = keyOf(await partsOf(repository, { data }));
    write({ data: { total: 1 }, provenance: { commit: 'b' } });
    expect(keyOf(await partsOf(repository, { data }))).toBe(before);
    write({ data: { total: 2 }, provenance: { commit: 'b' } });
    expect(keyOf(await partsOf(repository, { data }))).not.toBe(before);
    repository.write('public/artifacts/other.small.json', '{"data":');
    await expect(partsOf(repository, { data })).rejects.toThrow(
      /public\/artifacts\/other\.small\.json: expected an artifact with data/,
    );
  });

  it('that cannot be read leaves planning alive, and says which file', async () => {
    const repository = new Repository();
    repository.edit(
      'experiments/counting.ts',
      'inputs: counts',
      "inputs: counts, data: { rows: { file: 'rows.csv' } }",
    );
    repository.write('rows.csv', 'a\n');
    await repository.lab(['run']);
    renameSync(repository.path('rows.csv'), repository.path('gone.csv'));
    const rowsOf = await repository.status();
    expect(rowsOf.map(({ state }) => state)).toEqual(['fresh', 'fresh', 'stale']);
    expect(rowsOf[2]?.reasons.join()).toMatch(/add rows: expected rows\.csv, got no file/);
    const { code, output } = await repository.lab(['run']);
    expect(output).toMatch(
      /failed +counting\.small\/add +add rows: expected rows\.csv, got no file/,
    );
    expect(code).toBe(1);
  });
});
