import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { presets } from '../../artifacts/artifact.ts';
import { topOf } from '../git.ts';
import { LockFile } from '../lock.ts';
import type { LockEntry } from '../lock.ts';
import { openWorkspace } from '../workspace.ts';
import { CODE, describeRun, outputId } from './actions.ts';
import { CONTEXT, CRATE, METADATA, PROFILE, reference } from './entity.ts';
import type { Entity } from './entity.ts';
import { describeFile, fileOf, publishedFiles } from './files.ts';
import type { CrateFile } from './files.ts';
import { readPaper } from './paper.ts';
import type { CratePaper } from './paper.ts';

const PLACE = 'package-lock.json';

/**
 * Packs a paper as an RO-Crate 1.1 of the Process Run Crate profile: the code of the commit, the
 * published artifacts and weights, the environment, and for each node of the lock an action that tells how its
 * outputs were made. Equal checkouts give equal bytes.
 * @param root folder of the paper: a checkout, or a folder of this repository
 * @throws Error outside a git checkout
 */
export async function packCrate(
  root: string,
  { content, publicFolder }: { content: string; publicFolder: string },
): Promise<Uint8Array> {
  const top = topOf(root);
  const { commit, date } = await headOf(top);
  const code = fileOf(CODE, await archive(top, commit, top === root ? [] : OTHERS));
  const environment = fileOf(PLACE, await readFile(join(top, PLACE)));
  const files = [code, environment, ...(await publishedFiles(publicFolder))];
  const graph = await describe(root, files, { commit, date }, await readPaper(content));
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

/** What belongs to the paper at the top of a checkout, where another one of it is packed. */
const OTHERS = ['content', 'experiments', 'public', 'lab.lock'];

/** Without the results, which the crate holds beside it. */
const archive = (top: string, commit: string, without: readonly string[]): Promise<Buffer> =>
  git(
    top,
    'archive',
    '--format=tar',
    commit,
    '--',
    '.',
    ...['artifacts', 'weights'].map((name) => `:(exclude,glob)**/public/${name}/**`),
    ...without.map((folder) => `:(exclude)${folder}`),
  );

/** How each committed result was made, by node; those of `smoke` are never committed. */
async function entriesOf(root: string): Promise<[string, LockEntry][]> {
  const workspace = openWorkspace(root);
  const committed = presets.filter((preset) => preset !== 'smoke');
  const locks = await Promise.all(committed.map((preset) => LockFile.open(workspace, preset)));
  return locks.flatMap((lock) =>
    lock.ids().map((id): [string, LockEntry] => [id, lock.get(id) as LockEntry]),
  );
}

async function describe(
  root: string,
  files: CrateFile[],
  head: Head,
  { entities, authors, ...paper }: CratePaper,
): Promise<Entity[]> {
  const entries = await entriesOf(root);
  const runs = describeRuns(entries, files, authors);
  const packages = describePackages(entries.map(([, entry]) => entry));
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
      ...paper,
      datePublished: head.date,
      author: authors,
      conformsTo: reference(PROFILE),
      hasPart: files.map(({ path }) => reference(path)),
      mentions: actions.map((action) => reference(action['@id'])),
    },
    ...entities,
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

function describeRuns(
  entries: readonly [string, LockEntry][],
  files: readonly CrateFile[],
  agents: CratePaper['authors'],
): Entity[] {
  const paths = new Map(files.map(({ path, output }) => [output, path]));
  const makers = new Map(
    entries.flatMap(([id, { outputs }]) =>
      Object.entries(outputs).map(([name, hash]) => [hash, outputId(id, name)] as const),
    ),
  );
  return entries.flatMap(([id, entry]) =>
    describeRun(
      id,
      entry,
      agents,
      (hash) => paths.get(hash),
      (hash) => makers.get(hash),
    ),
  );
}

/** Node and the numeric packages that made any of the results, each in each version. */
function describePackages(entries: readonly LockEntry[]): Entity[] {
  const versions = entries.flatMap(({ runtime, parts }) => {
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
