import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import mdx from '@astrojs/mdx';
import { readArtifactText } from '../../src/artifacts/artifact.ts';
import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import { readRecords } from '../../src/artifacts/records.ts';
import { openCheckpoint as openWeights } from '../../src/checkpoints/checkpoint.ts';
import { readConfig } from '../../src/checkpoints/config.ts';
import { folderSource } from '../../src/checkpoints/node/folder.ts';
import { readTensors as readAll } from '../../src/checkpoints/tensors.ts';
import { openTokenizer } from '../../src/checkpoints/tokenizer.ts';
import { readBibliography } from '../../src/components/citations/bibtex.ts';
import { citationsIn } from '../../src/components/citations/cited.ts';
import { checkNumbers } from '../../src/components/paper/bare-numbers.ts';
import { numberAnchors } from '../../src/components/paper/numbering.ts';
import { describeBundle } from '../../src/lab/bundle/record.ts';
import { checkpointsPath, openCheckpoint } from '../../src/lab/checkpoint.ts';
import { LIMITS } from '../../src/lab/intake/limits.ts';
import { stageArchive } from '../../src/lab/intake/stage.ts';
import { findCases } from '../../src/lab/parity/cases.ts';
import { readTensors } from '../../src/lab/parity/tensors.ts';
import { readOutcome, readTasks } from '../../src/lab/slurm/folder.ts';
import { readSpread } from '../../src/lab/spread.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { faultsOf } from '../../src/site/faults.ts';
import { sectionData } from '../../src/site/front-matter.ts';
import { withBars } from '../../src/site/table-bars.ts';
import { decodeTraining, encodeTraining } from '../../src/training/checkpoint.ts';

/** What reads files of one kind. */
export interface Reader {
  /** Whole files, which it has to take. */
  seeds: Uint8Array[];
  /** Where the file lies in the folder. */
  path: string;
  /** Files that lie there as well. */
  beside?: Readonly<Record<string, Uint8Array>>;
  /** @throws Error naming the file where it is not what it should be */
  read(path: string, folder: string): unknown;
  /** Somebody else reports its errors, and with them the file. */
  isReported?: true;
}

const PROJECT = resolve(import.meta.dirname, '../..');
const inProject = (path: string): Buffer => readFileSync(join(PROJECT, path));
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function tensor(...values: number[]) {
  return { shape: [values.length], values: Float32Array.from(values) };
}

function trainingState(): Uint8Array {
  const parameters = { a: tensor(1, 2, 3), 'b/c': tensor(4) };
  const history = { step: [10, 20], value: [0.5, 0.25] };
  return encodeTraining({
    step: 25,
    lossSum: 1.5,
    history,
    adam: { parameters, m: parameters, v: parameters },
  });
}

/** Results of a small repository, as archives. */
function archives(): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const name of ['a', 'b', 'c'.repeat(120)]) write(`.lab/objects/aa/${name}`, name.repeat(50));
  write('lab.lock/x.small.json', '{"schema":2,"nodes":{},"code":{}}');
  write('public/artifacts/x.small.json', '{}');
  const pack = (...options: string[]): Buffer =>
    execFileSync('tar', [...options, '-cf', '-', '-C', folder, '.lab', 'lab.lock', 'public']);
  const packed = [pack(), pack('--format=posix'), pack('-z')];
  rmSync(folder, { recursive: true });
  return packed;
}

const KEY = 'a'.repeat(64);
const SHARDED = 'tests/fixtures/checkpoints/sharded';
const TASK = {
  root: '/',
  experiment: 'x',
  preset: 'small',
  node: 'train',
  backend: 'wasm',
  inputs: { a: { record: { 'data.json': KEY } }, b: { task: 0 } },
};
const OUTCOME = {
  type: 'done',
  files: { 'src/a.ts': 'aa' },
  entry: {
    parts: { code: KEY, parameters: {}, seed: 1, inputs: {}, data: {}, packages: {} },
    outputs: { 'data.json': KEY },
    published: {},
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 1,
    commit: '',
    dirty: false,
    command: '',
    runtime: { backend: 'cpu', adapter: 'a processor', software: false, packages: {} },
  },
};

async function checkpointFile(): Promise<Uint8Array> {
  const root = mkdtempSync(join(tmpdir(), 'fuzz-'));
  mkdirSync(join(root, 'experiments'));
  const workspace = openWorkspace(root);
  const bytes = new TextEncoder().encode('state '.repeat(20));
  const startedAt = '2026-01-01T00:00:00.000Z';
  await openCheckpoint(workspace, KEY, () => {}).save({ bytes, seconds: 12.5, startedAt });
  const file = readFileSync(join(checkpointsPath(workspace), KEY));
  rmSync(root, { recursive: true });
  return file;
}

/** By what they read. What the project only writes, such as CSV and receipts, has none. */
export const READERS: Readonly<Record<string, () => Promise<Reader>>> = {
  safetensors: async () => ({
    seeds: ['weights', 'case'].map((name) =>
      inProject(`tests/fixtures/regression/lstm/${name}.safetensors`),
    ),
    path: 'case.safetensors',
    read: readTensors,
  }),
  checkpoints: async () => ({
    seeds: [await checkpointFile()],
    path: `.lab/checkpoints/${KEY}`,
    async read(_, folder) {
      const warn = (message: string): void => void warnings.push(message);
      const warnings: string[] = [];
      const saved = await openCheckpoint(openWorkspace(folder), KEY, warn).load();
      if (!saved) throw new Error(warnings.join('\n'));
      return saved;
    },
  }),
  'training state': async () => ({
    seeds: [trainingState()],
    path: 'state.bin',
    read: (path) => decodeTraining(readFileSync(path), path),
  }),
  artifacts: async () => ({
    seeds: [inProject('public/artifacts/skewed-linear-regression.small.json')],
    path: 'skewed-linear-regression.small.json',
    read: (path) => readArtifactText(readFileSync(path, 'utf8'), learningCurves, path),
  }),
  archives: async () => ({ seeds: archives(), path: 'results.tar', read: stageAndLook }),
  'table of devices': async () => ({
    seeds: [inProject('experiments/reference/device-spread.json')],
    path: 'experiments/reference/device-spread.json',
    read: (_, folder) => readSpread(openWorkspace(folder)),
  }),
  'record of a bundle': async () => ({
    seeds: [json({ schema: 1, commit: '', changed: [], files: { a: KEY }, packages: {} })],
    path: 'bundle.json',
    read: (_, folder) => describeBundle(folder, ['a']),
  }),
  lock: async () => ({
    seeds: [inProject('lab.lock/scan-speed.small.json')],
    path: 'scan-speed.small.json',
    read: (_, folder) => readRecords(folder, 'small'),
  }),
  'golden cases': async () => ({
    seeds: [inProject('tests/fixtures/regression/lstm/config.json')],
    path: 'config.json',
    beside: { 'case.safetensors': Buffer.alloc(0), 'weights.safetensors': Buffer.alloc(0) },
    async read(_, folder) {
      for (const { kind, check } of findCases(folder)) if (kind === 'unknown') await check();
    },
  }),
  'tasks of a cluster': async () => ({
    seeds: [json({ tasks: [TASK], arrays: [{ 1: 0 }] })],
    path: 'tasks.json',
    read: (_, folder) => readTasks(folder),
  }),
  'outcomes of a cluster': async () => ({
    seeds: [json(OUTCOME), json({ type: 'failed', message: 'no' })],
    path: '3.json',
    read: (_, folder) => readOutcome(folder, 3),
  }),
  'published weights': async () => ({
    seeds: [inProject(`${SHARDED}/model.safetensors.index.json`)],
    path: 'model.safetensors.index.json',
    beside: Object.fromEntries(
      [1, 2].map((i) => {
        const name = `model-0000${i}-of-00002.safetensors`;
        return [name, inProject(`${SHARDED}/${name}`)];
      }),
    ),
    read: async (_, folder) => readAll(await openWeights(folderSource(folder))),
  }),
  configurations: async () => ({
    seeds: [json({ model_type: 'mamba', hidden_size: 64, d_model: 32, norm_eps: 1e-5, tie: true })],
    path: 'config.json',
    async read(_, folder) {
      const config = await readConfig(folderSource(folder));
      config.count('d_model', { aliases: ['hidden_size'] });
      config.number('norm_eps');
      config.boolean('tie');
      return config.architecture;
    },
  }),
  tokenizers: async () => ({
    seeds: [inProject(`${SHARDED}/tokenizer.json`)],
    path: 'tokenizer.json',
    read: async (_, folder) => openTokenizer(folderSource(folder)),
  }),
  BibTeX: async () => ({
    seeds: [
      inProject('content/references.bib'),
      ...['accents', 'names', 'with-comment', 'with-string', 'bom'].map((name) =>
        inProject(`tests/fixtures/bibtex/${name}.bib`),
      ),
    ],
    path: 'references.bib',
    read(path) {
      const { faults } = readBibliography(readFileSync(path, 'utf8'), path);
      const unplaced = faults.find((fault) => !fault.startsWith(`${path}:`));
      if (unplaced !== undefined) throw new Error(unplaced);
    },
  }),
  sections: sectionReader,
};

/** Unpacks, and looks that nothing came to lie elsewhere. */
async function stageAndLook(path: string, folder: string): Promise<void> {
  const to = join(folder, 'staged');
  mkdirSync(to);
  try {
    await stageArchive(path, to, { ...LIMITS, bytes: 2 ** 24 });
  } finally {
    const outside = readdirSync(folder).filter(
      (name) => name !== 'staged' && name !== 'results.tar' && name !== 'experiments',
    );
    rmSync(to, { recursive: true });
    if (outside.length > 0) process.stdout.write(`archives: wrote ${outside.join(', ')}\n`);
    if (outside.length > 0) process.exitCode = 1;
  }
}

interface EntryType {
  getEntryInfo(of: { contents: string; fileUrl: URL }): Promise<{ data: object; body: string }>;
}

/** What Astro reads front matter with. */
async function frontMatterReader(): Promise<EntryType> {
  const found: EntryType[] = [];
  const ignore = (): void => {};
  await mdx().hooks['astro:config:setup']?.({
    config: {},
    addRenderer: ignore,
    addPageExtension: ignore,
    updateConfig: ignore,
    addContentEntryType: (type: EntryType) => found.push(type),
  } as never);
  return found[0] as EntryType;
}

/** Front matter and text; what cannot be read of either, Astro reports with the file. */
async function sectionReader(): Promise<Reader> {
  const { getEntryInfo } = await frontMatterReader();
  return {
    seeds: ['throwing', 'more'].map((name) => inProject(`tests/example-paper/${name}.mdx`)),
    path: 'throwing.mdx',
    async read(path) {
      const contents = readFileSync(path, 'utf8');
      const { data, body } = await getEntryInfo({ contents, fileUrl: pathToFileURL(path) });
      const { title, kind, numbers } = sectionData.parse(data);
      const [fault] = faultsOf(withBars(contents), '/');
      if (fault) throw new Error(fault.message);
      if (numbers === 'bound') checkNumbers('throwing', body);
      numberAnchors([{ id: 'throwing', title, kind, body }]);
      citationsIn([body]);
    },
    isReported: true,
  };
}
