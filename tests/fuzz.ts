import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { readArtifactText } from '../src/artifacts/artifact.ts';
import { learningCurves } from '../src/artifacts/learning-curves.ts';
import { describeBundle } from '../src/lab/bundle/record.ts';
import { checkpointsPath, openCheckpoint } from '../src/lab/checkpoint.ts';
import { LIMITS } from '../src/lab/intake/limits.ts';
import { stageArchive } from '../src/lab/intake/stage.ts';
import { readTensors } from '../src/lab/parity/tensors.ts';
import { readSpread } from '../src/lab/spread.ts';
import { openWorkspace } from '../src/lab/workspace.ts';
import { RandomStream } from '../src/numerics/random.ts';
import { decodeTraining, encodeTraining } from '../src/training/checkpoint.ts';

/**
 * Feeds mutated files to what reads them. A reader takes a file for what it is, or says in an error, which names the
 * file, why not; it neither hangs nor grows, which is for whoever runs this to watch.
 *
 *     node tests/fuzz.ts [--count 5000] [--seed 1] [reader …]
 *
 * Exits with 1 where any reader does otherwise.
 */

interface Reader {
  /** Whole files. */
  seeds: Uint8Array[];
  /** Where the file lies in the folder. */
  path: string;
  read(path: string, folder: string): unknown;
}

const PROJECT = resolve(import.meta.dirname, '..');
const inProject = (path: string): Buffer => readFileSync(join(PROJECT, path));
const MOST_MESSAGE = 20_000;

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

const readers: Readonly<Record<string, () => Promise<Reader>>> = {
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
    seeds: [Buffer.from(JSON.stringify({ schema: 1, commit: '', changed: [], files: { a: KEY } }))],
    path: 'bundle.json',
    read: (_, folder) => describeBundle(folder, ['a']),
  }),
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

const WORDS = [
  '1e307',
  '-1',
  '1e999',
  'null',
  '[]',
  '{}',
  '""',
  '"\\u001b[31m"',
  '9007199254740993',
  ',',
];

type Mutation = (bytes: Buffer, random: RandomStream) => Buffer;

const cut = (bytes: Buffer, random: RandomStream): [number, number] => {
  const [a, b] = [random.integer(bytes.length + 1), random.integer(bytes.length + 1)];
  return [Math.min(a, b), Math.max(a, b)];
};

const MUTATIONS: readonly Mutation[] = [
  function flip(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let i = 0; i <= random.integer(8); i++) {
      const at = random.integer(copy.length);
      copy[at] = (copy[at] as number) ^ (1 << random.integer(8));
    }
    return copy;
  },
  function flipEarly(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = random.integer(Math.min(copy.length, 600));
    copy[at] = random.integer(256);
    return copy;
  },
  (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  function dropped(bytes, random) {
    const [start, end] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function repeated(bytes, random) {
    const [start, end] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function filled(bytes, random) {
    const copy = Buffer.from(bytes);
    const [start] = cut(bytes, random);
    const end = Math.min(copy.length, start + 1 + random.integer(16));
    return copy.fill(random.integer(2) * 255, start, end);
  },
  /** Another value in the place of one that JSON holds, or a header of it. */
  function word(bytes, random) {
    const text = bytes.toString('latin1');
    const values = [...text.matchAll(/"[^"\n]*"|-?\d[\d.e+-]*|true|false|null/g)];
    const found = values[random.integer(Math.max(values.length, 1))];
    if (!found) return bytes.subarray(1);
    const other = WORDS[random.integer(WORDS.length)] as string;
    const end = found.index + found[0].length;
    return Buffer.from(`${text.slice(0, found.index)}${other}${text.slice(end)}`, 'latin1');
  },
];

/** What is wrong with how a reader took a file; undefined where nothing is. */
async function faultOf(reader: Reader, file: string, folder: string): Promise<string | undefined> {
  try {
    await reader.read(file, folder);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return `threw ${String(error)}`;
    const { message, name } = error;
    if (!message.includes(reader.path)) return `did not name the file: ${name}: ${message}`;
    if (name !== 'Error') return `threw a raw ${name}: ${message}`;
    return message.length > MOST_MESSAGE ? `said ${message.length} letters` : undefined;
  }
}

async function fuzz(name: string, count: number, seed: number): Promise<number> {
  const reader = await readers[name]!();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const file = join(folder, reader.path);
  mkdirSync(join(file, '..'), { recursive: true });
  mkdirSync(join(folder, 'experiments'), { recursive: true });
  let faults = 0;
  for (const [i, whole] of reader.seeds.entries()) {
    writeFileSync(file, whole);
    const fault = await faultOf(reader, file, folder);
    if (fault !== undefined) throw new Error(`${name}, whole ${i}: ${fault}`);
  }
  for (let i = 0; i < count; i++) {
    const random = RandomStream.fromSeed(seed).fork(name).fork(i);
    const whole = reader.seeds[i % reader.seeds.length] as Uint8Array;
    const mutation = MUTATIONS[random.integer(MUTATIONS.length)] as Mutation;
    const mutated = mutation(Buffer.from(whole), random);
    writeFileSync(file, mutated);
    const fault = await faultOf(reader, file, folder);
    if (fault === undefined) continue;
    faults++;
    process.stdout.write(`${name} ${i} (${mutation.name}): ${fault}\n`);
  }
  rmSync(folder, { recursive: true });
  const mebibytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${name}: ${count} files, ${faults} faults; at most ${mebibytes} MiB\n`);
  return faults;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(readers, name));
if (unknown.length > 0)
  throw new Error(`fuzz: expected ${Object.keys(readers).join(', ')}, got ${unknown.join(', ')}`);
let faults = 0;
for (const name of positionals.length > 0 ? positionals : Object.keys(readers))
  faults += await fuzz(name, Number(values.count), Number(values.seed));
if (faults > 0) process.exitCode = 1;
