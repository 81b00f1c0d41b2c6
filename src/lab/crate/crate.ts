import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { z } from 'zod';
import { LockFile } from '../lock.ts';
import type { LockEntry } from '../lock.ts';
import { openWorkspace } from '../workspace.ts';
import { AUTHOR, CODE, describeRun, outputId } from './actions.ts';
import { CONTEXT, CRATE, METADATA, PROFILE, reference } from './entity.ts';
import type { Entity } from './entity.ts';
import { describeFile, fileOf, publishedFiles } from './files.ts';
import type { CrateFile } from './files.ts';

const manifest = z.looseObject({ name: z.string(), description: z.string(), version: z.string() });
const LICENSE = 'https://spdx.org/licenses/MIT';
const PLACE = 'package-lock.json';

/**
 * Packs the repository as an RO-Crate 1.1 of the Process Run Crate profile: the code of the commit, the
 * published artifacts and weights, the environment, and for each node of the lock an action that tells how its
 * outputs were made. Equal checkouts give equal bytes.
 * @throws Error outside a git checkout
 */
export async function packCrate(root: string, publicFolder: string): Promise<Uint8Array> {
  const { commit, date } = await headOf(root);
  const code = fileOf(CODE, await archive(root, commit));
  const environment = fileOf(PLACE, await readFile(join(root, PLACE)));
  const files = [code, environment, ...(await publishedFiles(publicFolder))];
  const graph = await describe(root, files, { commit, date });
  const metadata = JSON.stringify({ '@context': CONTEXT, '@graph': graph }, null, 2);
  return zip([...files, fileOf(METADATA, new TextEncoder().encode(`${metadata}\n`))], date);
}

interface Head {
  commit: string;
  /** When it was committed, ISO 8601. */
  date: string;
}

async function git(root: string, ...args: string[]): Promise<Buffer> {
  try {
    const options = { cwd: root, encoding: 'buffer', maxBuffer: 2 ** 30 } as const;
    return (await promisify(execFile)('git', args, options)).stdout;
  } catch (error) {
    throw new Error(
      `export: expected ${root} to be a git checkout with a commit, got ${String(error).trim()}; ` +
        'the code of a crate is that of a commit',
      { cause: error },
    );
  }
}

async function headOf(root: string): Promise<Head> {
  const text = (await git(root, 'show', '--no-patch', '--format=%H %cI', 'HEAD')).toString('utf8');
  const [commit = '', date = ''] = text.trim().split(' ');
  return { commit, date };
}

/** Without the results, which the crate holds beside it. */
const archive = (root: string, commit: string): Promise<Buffer> =>
  git(root, 'archive', '--format=tar', commit, '--', '.', ':!public/artifacts', ':!public/weights');

async function describe(root: string, files: CrateFile[], head: Head): Promise<Entity[]> {
  const { name, description, version } = manifest.parse(
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8')),
  );
  const lock = await LockFile.open(openWorkspace(root), 'small');
  const runs = describeRuns(lock, files);
  const packages = describePackages(lock);
  const actions = runs.filter((entity) => entity['@type'] === 'CreateAction');
  return [
    {
      '@id': METADATA,
      '@type': 'CreativeWork',
      about: reference('./'),
      conformsTo: reference(CRATE),
    },
    {
      '@id': './',
      '@type': 'Dataset',
      name,
      description,
      version,
      datePublished: head.date,
      license: reference(LICENSE),
      author: reference(AUTHOR),
      conformsTo: reference(PROFILE),
      hasPart: files.map(({ path }) => reference(path)),
      mentions: actions.map((action) => reference(action['@id'])),
    },
    ...CONTEXTUAL,
    ...files.map((file) =>
      file.path === CODE ? describeCode(file, head, packages) : describeFile(file),
    ),
    ...packages,
    ...runs,
  ];
}

const CONTEXTUAL: readonly Entity[] = [
  { '@id': PROFILE, '@type': 'CreativeWork', name: 'Process Run Crate', version: '0.5' },
  { '@id': LICENSE, '@type': 'CreativeWork', name: 'MIT License', url: LICENSE },
  {
    '@id': AUTHOR,
    '@type': 'Organization',
    name: 'The mamba-icl-paper contributors',
  },
  {
    '@id': '#typescript',
    '@type': 'ComputerLanguage',
    name: 'TypeScript',
    url: 'https://www.typescriptlang.org/',
  },
];

const describeCode = (file: CrateFile, { commit }: Head, packages: readonly Entity[]): Entity => ({
  ...describeFile(file),
  '@type': ['File', 'SoftwareSourceCode'],
  name: 'Code of the experiments',
  description: `git archive of commit ${commit}; npm run lab -- run makes the results again`,
  version: commit,
  programmingLanguage: reference('#typescript'),
  softwareRequirements: packages.map((entity) => reference(entity['@id'])),
});

function describeRuns(lock: LockFile, files: readonly CrateFile[]): Entity[] {
  const paths = new Map(files.map(({ path, output }) => [output, path]));
  const entries = lock.ids().map((id): [string, LockEntry] => [id, lock.get(id) as LockEntry]);
  const makers = new Map(
    entries.flatMap(([id, { outputs }]) =>
      Object.entries(outputs).map(([name, hash]) => [hash, outputId(id, name)] as const),
    ),
  );
  return entries.flatMap(([id, entry]) =>
    describeRun(
      id,
      entry,
      (hash) => paths.get(hash),
      (hash) => makers.get(hash),
    ),
  );
}

/** Node and the numeric packages that made any of the results, each in each version. */
function describePackages(lock: LockFile): Entity[] {
  const versions = lock.ids().flatMap((id) => {
    const { runtime, parts } = lock.get(id) as LockEntry;
    const numeric = Object.entries(parts.packages).map(([name, what]) => [
      name,
      what.split(' ')[0],
    ]);
    const node = runtime.node ? [['node', runtime.node]] : [];
    return [...numeric, ...Object.entries(runtime.packages), ...node];
  });
  const names = new Set(versions.map(([name, version]) => `${name}@${version}`));
  return [...names].toSorted().map((id) => {
    const at = id.lastIndexOf('@');
    const [name, version] = [id.slice(0, at), id.slice(at + 1)];
    return {
      '@id': `#package/${id}`,
      '@type': 'SoftwareApplication',
      name,
      softwareVersion: version,
      // A package URL (purl), which names no host.
      identifier: name === 'node' ? `pkg:generic/node@${version}` : `pkg:npm/${name}@${version}`,
    };
  });
}

/** Weights are left as they are: they hardly get smaller. A zip's clock has no zone: this one is UTC. */
function zip(files: readonly CrateFile[], date: string): Uint8Array {
  const minutes = new Date(date).getTimezoneOffset();
  const mtime = Date.parse(date) + 60_000 * minutes;
  const entries = files.map(({ path, bytes }) => [
    path,
    [bytes, { level: path.endsWith('.safetensors') ? 0 : 6, mtime, os: 3, attrs: 0o644 << 16 }],
  ]);
  return zipSync(Object.fromEntries(entries) as Parameters<typeof zipSync>[0]);
}
