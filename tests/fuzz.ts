import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { RandomStream } from '../src/numerics/random.ts';
import { MUTATIONS } from './fuzz/mutations.ts';
import type { Mutation } from './fuzz/mutations.ts';
import { READERS } from './fuzz/readers.ts';
import type { Reader } from './fuzz/readers.ts';

/**
 * Feeds damaged files to everything that reads one. A reader takes a file for what it is, or says in an error, which
 * names the file, why not. All happens in a process with an end to its memory and to its time.
 *
 *     node tests/fuzz.ts [--count 5000] [--seed 1] [reader …]
 *
 * Prints a line a reader; exits with 1 where any does otherwise.
 */

/** MiB of objects; of all together, such as files as they are read. */
const [MOST_OBJECTS, MOST_MEMORY] = [512, 1024];
/** Milliseconds a file, and a reader: of none is it a tenth. */
const [PATIENCE, LEAST_PATIENCE] = [200, 60_000];
const MOST_MESSAGE = 20_000;

interface Outcome {
  refused: boolean;
  /** What is wrong with how the file was taken. */
  fault?: string;
}

async function outcomeOf(reader: Reader, file: string, folder: string): Promise<Outcome> {
  try {
    await reader.read(file, folder);
    return { refused: false };
  } catch (error) {
    const fault = faultIn(error, reader);
    return { refused: true, ...(fault !== undefined && { fault }) };
  }
}

const RAW = /^(Type|Range|Reference|Syntax)Error$/;

function faultIn(error: unknown, { path, isReported }: Reader): string | undefined {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const { message, name } = error;
  if (RAW.test(name)) return `threw a raw ${name}: ${message}`;
  if (!message.includes(path) && !isReported) return `did not name the file: ${name}: ${message}`;
  return message.length > MOST_MESSAGE ? `said ${message.length} letters` : undefined;
}

async function fuzz(name: string, count: number, seed: number): Promise<number> {
  const reader = await READERS[name]!();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const file = join(folder, reader.path);
  for (const place of [dirname(file), join(folder, 'experiments')])
    mkdirSync(place, { recursive: true });
  for (const [path, bytes] of Object.entries(reader.beside ?? {}))
    writeFileSync(join(folder, path), bytes);
  for (const whole of reader.seeds) {
    writeFileSync(file, whole);
    await reader.read(file, folder);
  }
  let [faults, refused, slowest] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const random = RandomStream.fromSeed(seed).fork(name).fork(i);
    const whole = reader.seeds[i % reader.seeds.length] as Uint8Array;
    const mutation = MUTATIONS[random.integer(MUTATIONS.length)] as Mutation;
    writeFileSync(file, mutation(Buffer.from(whole), random));
    const start = performance.now();
    const outcome = await outcomeOf(reader, file, folder);
    slowest = Math.max(slowest, performance.now() - start);
    if (outcome.refused) refused++;
    if (outcome.fault === undefined) continue;
    faults++;
    process.stdout.write(`${name} ${i} (${mutation.name}): ${outcome.fault}\n`);
  }
  rmSync(folder, { recursive: true });
  const mebibytes = Math.round(process.resourceUsage().maxRSS / 1024);
  if (mebibytes > MOST_MEMORY) faults++;
  process.stdout.write(
    `${name}: ${count} files, ${refused} refused, ${faults} faults; ` +
      `at most ${mebibytes} MiB, ${Math.ceil(slowest)} ms a file\n`,
  );
  return faults;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    unbounded: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(READERS, name));
if (unknown.length > 0)
  throw new Error(`fuzz: expected ${Object.keys(READERS).join(', ')}, got ${unknown.join(', ')}`);
const names = positionals.length > 0 ? positionals : Object.keys(READERS);
const count = Number(values.count);
if (values.unbounded) {
  let faults = 0;
  for (const name of names) faults += await fuzz(name, count, Number(values.seed));
  if (faults > 0) process.exitCode = 1;
} else {
  const again = [import.meta.filename, '--unbounded', ...process.argv.slice(2)];
  const args = [`--max-old-space-size=${MOST_OBJECTS}`, ...again];
  const timeout = names.length * (LEAST_PATIENCE + PATIENCE * count);
  const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit', timeout });
  if (signal !== null) process.stdout.write(`the next one was ended by ${signal}\n`);
  process.exitCode = status ?? 1;
}
