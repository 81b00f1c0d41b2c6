import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { RecordFile } from '../../src/artifacts/records.ts';
import { sha256 } from '../../src/lab/hash.ts';
import { RandomStream } from '../../src/numerics/random.ts';

/**
 * Kills runs of an experiment's smoke preset with SIGKILL at random moments, resumes them, and compares what
 * they leave with an unbroken run, on a copy of the working tree that saves a checkpoint at each step.
 *
 *     node tests/lab/kill-runs.ts [--experiment ID] [--runs 100] [--seed 1] [--signals]
 *
 * With --signals they are asked to end (SIGINT, SIGTERM, SIGHUP), after which no node may have failed.
 *
 * Prints a line a run; exits with 1 if any differs. The experiment left out is the one with a single training: a
 * third of the processes of `skewed-linear-regression`, through the same code.
 */

const PROJECT = resolve(import.meta.dirname, '../..');
const COPIED = ['src', 'experiments', 'scripts', 'build/kernels', 'package.json'];
const WRITTEN = ['.*', 'lab.lock/**', '.lab/**', 'public/**'];
/** What dies: the command, one of its workers, or all of them as in a power cut. */
const VICTIMS = ['run', 'worker', 'all'] as const;
const MOST_KILLS = 3;
export const KILLS = ['SIGKILL'] as const;
export const REQUESTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const ENDED = ' (had ended)';

interface Outcome {
  kills: string[];
  /** Kills that met a live process. */
  struck: number;
  /** Nodes that went on from a checkpoint. */
  resumed: number;
  /** What differs from an unbroken run; nothing should. */
  faults: string[];
}

/** A repository, and the command that is killed in it. */
export interface Subject {
  root: string;
  command: string[];
  env?: Record<string, string>;
}

/** @yields what became of each of `runs` runs */
export async function* killRuns(
  subject: Subject,
  runs: number,
  seed: number,
  signals: readonly NodeJS.Signals[] = KILLS,
): AsyncGenerator<Outcome> {
  const whole = await ended(launch(subject));
  if (whole.code !== 0) throw new Error(`kill-runs: expected a run, got\n${whole.output}`);
  let { milliseconds } = whole;
  const expected = results(subject.root);
  for (let i = 0; i < runs; i++) {
    for (const name of ['.lab', 'public', 'lab.lock'])
      rmSync(join(subject.root, name), { recursive: true, force: true });
    const random = RandomStream.fromSeed(seed).fork(i);
    const { rest, ...outcome } = await killed({ subject, signals }, expected, random, milliseconds);
    // A machine that grew faster would kill what has ended, one that grew slower only beginnings.
    const early = outcome.kills.some((kill) => kill.endsWith(ENDED));
    milliseconds = early ? 0.8 * milliseconds : Math.max(milliseconds, rest);
    yield outcome;
  }
}

function copyOfTree(): string {
  const root = mkdtempSync(join(tmpdir(), 'kill-'));
  for (const name of COPIED) cpSync(join(PROJECT, name), join(root, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  const path = join(root, 'src/training/train.ts');
  const [each, source] = ['CHECKPOINT_SECONDS = 0;', readFileSync(path, 'utf8')];
  writeFileSync(path, source.replace(/CHECKPOINT_SECONDS = \d+;/, each));
  if (!readFileSync(path, 'utf8').includes(each))
    throw new Error(`${path}: expected CHECKPOINT_SECONDS, got none; name what replaced it here`);
  return root;
}

async function killed(
  { subject, signals }: { subject: Subject; signals: readonly NodeJS.Signals[] },
  expected: ReadonlyMap<string, string>,
  random: RandomStream,
  milliseconds: number,
): Promise<Outcome & { rest: number }> {
  const [kills, groups, failures]: [string[], number[], string[]] = [[], [], []];
  let [log, struck] = ['', 0];
  const count = 1 + random.integer(MOST_KILLS);
  for (let kill = 0; kill < count; kill++) {
    const child = launch(subject);
    groups.push(child.pid as number);
    const end = ended(child);
    const after = random.uniform() * milliseconds;
    const victim = VICTIMS[random.integer(VICTIMS.length)] as (typeof VICTIMS)[number];
    await Promise.race([sleep(after), end]);
    const signal = signals[random.integer(signals.length)] as NodeJS.Signals;
    const missed = strike(child, victim, signal, random);
    if (missed === '') struck++;
    kills.push(`${signal} to ${victim} after ${(after / 1000).toFixed(1)} s${missed}`);
    const { output } = await end;
    if (signal !== 'SIGKILL' && /[1-9]\d* failed/.test(output)) failures.push(output);
    log += output;
  }
  const { code, output, milliseconds: rest } = await ended(launch(subject));
  log += output;
  for (const group of groups) while (isAlive(-group)) await sleep(20);
  const resumed = log.match(/resumes from a checkpoint/g)?.length ?? 0;
  const faults =
    code === 0 ? differences(expected, results(subject.root)) : [`exit ${code}\n${output}`];
  faults.push(...failures);
  return { kills, struck, resumed, faults, rest };
}

/** @returns a remark where there was nothing left to kill */
function strike(
  child: ChildProcess,
  victim: string,
  signal: NodeJS.Signals,
  random: RandomStream,
): string {
  if (child.exitCode !== null) return ENDED;
  const pid = child.pid as number;
  if (victim === 'all') process.kill(-pid, signal);
  if (victim === 'run') process.kill(pid, signal);
  if (victim !== 'worker') return '';
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  const alive = workers.filter((worker) => worker !== '' && isAlive(Number(worker)));
  if (alive.length === 0) return ' (there was none)';
  process.kill(Number(alive[random.integer(alive.length)]), signal);
  return '';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const launch = ({ root, command, env }: Subject): ChildProcess =>
  spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

interface End {
  code: number | null;
  output: string;
  milliseconds: number;
}

/** The exit status comes with the process: its workers may hold the pipes for longer. */
async function ended(child: ChildProcess): Promise<End> {
  const start = performance.now();
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  return new Promise((done) =>
    child.on('exit', (code) => done({ code, output, milliseconds: performance.now() - start })),
  );
}

/** Of every file that the lab left: its hash, or for those that tell times and hosts what has to stay. */
function results(root: string): Map<string, string> {
  const files = globSync(WRITTEN, { cwd: root, withFileTypes: true }).filter((f) => f.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const bytes = readFileSync(path);
      return [path.slice(root.length + 1), telling(path, bytes) ?? sha256(bytes)];
    }),
  );
}

function telling(path: string, bytes: Buffer): string | undefined {
  if (path.includes('/objects/')) {
    const whole = basename(dirname(path)) + basename(path) === sha256(bytes);
    return whole ? 'whole' : 'corrupt';
  }
  if (path.includes('/lab.lock/')) {
    const { nodes } = JSON.parse(String(bytes)) as Pick<RecordFile, 'nodes'>;
    const kept = Object.entries(nodes).map(([id, { parts, outputs }]) => [id, parts, outputs]);
    return JSON.stringify(kept);
  }
  if (!path.includes('/artifacts/')) return undefined;
  return JSON.stringify((JSON.parse(String(bytes)) as { data: unknown }).data);
}

function differences(expected: ReadonlyMap<string, string>, got: Map<string, string>): string[] {
  const paths = new Set([...expected.keys(), ...got.keys()]);
  return [...paths].flatMap((path) => {
    const [before, after] = [expected.get(path), got.get(path)];
    if (before === after) return [];
    return [`${path} is ${after === undefined ? 'missing' : before ? 'different' : 'left over'}`];
  });
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      experiment: { type: 'string', default: 'state-noise' },
      runs: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      signals: { type: 'boolean', default: false },
    },
  });
  const root = copyOfTree();
  const run = `run ${values.experiment} --preset smoke --backend wasm --jobs 2`.split(' ');
  const subject = { root, command: ['src/lab/cli.ts', ...run] };
  let [count, failed, resumed, kills] = [0, 0, 0, 0];
  const signals = values.signals ? REQUESTS : KILLS;
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  for await (const outcome of killRuns(subject, runs, seed, signals)) {
    count++;
    resumed += outcome.resumed;
    kills += outcome.struck;
    if (outcome.faults.length > 0) failed++;
    const verdict = outcome.faults.join('\n  ') || 'as unbroken';
    say(`${count}: killed ${outcome.kills.join(', ')}; ${outcome.resumed} resumed; ${verdict}`);
  }
  rmSync(root, { recursive: true, force: true });
  say(
    `${count} runs, ${kills} kills, ${resumed} resumed nodes, ${failed} runs differ from an unbroken one`,
  );
  process.exitCode = failed > 0 ? 1 : 0;
}

if (import.meta.main) await main();
