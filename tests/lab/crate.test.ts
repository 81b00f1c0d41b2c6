import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { strToU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { crateFaults } from './crate-faults.ts';
import { Repository } from './repository.ts';

type Files = Record<string, Uint8Array>;
type Graph = { '@id': string; [property: string]: unknown }[];

const METADATA = 'ro-crate-metadata.json';

/** A checkout with one commit, and with results. */
async function withResults(): Promise<Repository> {
  const repository = new Repository();
  const paper = {
    title: 'Counting',
    description: 'Counts',
    version: '1.0.0',
    license: 'CC-BY-4.0',
    authors: [{ name: 'A. Counter', url: 'https://example.org/a' }, { name: 'The counters' }],
  };
  repository.write('content/paper.ts', `export const paper = ${JSON.stringify(paper)};`);
  repository.write('package-lock.json', '{"lockfileVersion":3}');
  repository.write('.gitignore', 'node_modules\n.lab\n*.zip\n');
  await repository.lab(['run']);
  const identity = ['-c', 'user.name=Somebody', '-c', 'user.email=some@example.org'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...identity, 'commit', '-qm', 'All'],
  ])
    execFileSync('git', args, { cwd: repository.root });
  return repository;
}

async function exported(repository: Repository, name = 'crate.zip'): Promise<Buffer> {
  const { code, output } = await repository.lab(['export', '--out', name]);
  expect(output).toContain(`${name}: 0.`);
  expect(code).toBe(0);
  return readFileSync(repository.path(name));
}

const graphOf = (files: Files): Graph =>
  (JSON.parse(new TextDecoder().decode(files[METADATA])) as { '@graph': Graph })['@graph'];

/** The crate with another graph. */
const changed = (files: Files, change: (graph: Graph) => void): Files => {
  const [graph, context] = [graphOf(files), 'https://w3id.org/ro/crate/1.1/context'];
  change(graph);
  return {
    ...files,
    [METADATA]: strToU8(JSON.stringify({ '@context': context, '@graph': graph })),
  };
};

describe('lab export', () => {
  it('writes a Process Run Crate, the same bytes each time', async () => {
    const repository = await withResults();
    const zip = await exported(repository);
    expect((await exported(repository, 'again.zip')).equals(zip)).toBe(true);
    const files: Files = unzipSync(zip);
    expect(crateFaults(files)).toEqual([]);
    expect(Object.keys(files)).toEqual([
      'code.tar',
      'package-lock.json',
      'artifacts/counting.small.json',
      'weights/counting.small/1.bin',
      'weights/counting.small/2.bin',
      METADATA,
    ]);
    repository.write('crate/code.tar', files['code.tar'] as Uint8Array);
    execFileSync('tar', ['-xf', 'code.tar'], { cwd: repository.path('crate') });
    for (const name of ['src/count.ts', 'experiments/counting.ts', 'lab.lock/counting.small.json'])
      expect(repository.read(`crate/${name}`)).toBe(repository.read(name));
  });

  it('tells of each result from what, by what and with what it was made', async () => {
    const graph = graphOf(unzipSync(await exported(await withResults())));
    const entity = (id: string) => graph.find((candidate) => candidate['@id'] === id);
    expect(entity('#run/counting.small/count/2')).toMatchObject({
      instrument: { '@id': 'code.tar' },
      object: [
        { '@id': '#run/counting.small/count/2/parameters' },
        { '@id': '#run/counting.small/count/2/seed' },
      ],
      result: [{ '@id': 'weights/counting.small/2.bin' }],
    });
    expect(entity('#run/counting.small/count/2/seed')).toMatchObject({ value: 2 });
    expect(entity('#run/counting.small/count/2/parameters')).toMatchObject({
      value: '{"steps":40}',
    });
    expect(entity('#run/counting.small/add')).toMatchObject({
      object: [
        { '@id': '#run/counting.small/add/parameters' },
        { '@id': 'weights/counting.small/1.bin' },
        { '@id': 'weights/counting.small/2.bin' },
      ],
      result: [{ '@id': 'artifacts/counting.small.json' }],
    });
  });

  it('has the authors and the licence that the paper names', async () => {
    const graph = graphOf(unzipSync(await exported(await withResults())));
    const root = graph.find((candidate) => candidate['@id'] === './');
    expect(root).toMatchObject({
      name: 'Counting',
      version: '1.0.0',
      license: { '@id': 'https://spdx.org/licenses/CC-BY-4.0' },
      author: [{ '@id': 'https://example.org/a' }, { '@id': '#author-2' }],
    });
    expect(graph).toContainEqual({
      '@id': '#author-2',
      '@type': 'Organization',
      name: 'The counters',
    });
  });

  it('is found faulty where anything is amiss', async () => {
    const files: Files = unzipSync(await exported(await withResults()));
    const broken: [string, (graph: Graph) => void][] = [
      ['has no instrument', (g) => g.forEach((e) => delete e['instrument'])],
      ['has no ISO times', (g) => g.forEach((e) => delete e['endTime'])],
      [
        'which is not described',
        (g) =>
          g.splice(
            g.findIndex((e) => e['@id'] === '#author-2'),
            1,
          ),
      ],
      ['root has a license', (g) => g.forEach((e) => delete e['license'])],
      ['root mentions', (g) => g.forEach((e) => delete e['mentions'])],
      ['does not have the part', (g) => g.forEach((e) => delete e['hasPart'])],
      [
        'conforms to Process Run Crate',
        (g) => g.forEach((e) => e['@id'] === './' && delete e['conformsTo']),
      ],
      ['has another hash', (g) => g.forEach((e) => e['sha256'] && (e['sha256'] = '0'))],
    ];
    for (const [fault, change] of broken)
      expect(crateFaults(changed(files, change)).join('\n')).toContain(fault);
    const { 'package-lock.json': _, ...without } = files;
    expect(crateFaults(without)).toEqual(['package-lock.json is not in the crate']);
  });

  it('needs a commit, and says so', async () => {
    const repository = await withResults();
    rmSync(repository.path('.git'), { recursive: true });
    const { code, output } = await repository.lab(['export']);
    expect(output).toMatch(/export: expected .* to be a git checkout with a commit/);
    expect(code).toBe(1);
  });
});
