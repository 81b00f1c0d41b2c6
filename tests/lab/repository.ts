import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '../..');

const EXPERIMENT = `
import { z } from 'zod';
import { dataFile, defineExperiment, node } from '${PROJECT}/src/lab/experiment.ts';
import { count } from '../src/count.ts';
import { add } from '../src/add.ts';

export const experiment = defineExperiment({
  id: 'counting',
  title: 'Counting',
  presets: { smoke: { steps: 20 }, small: { steps: 40 } },
  data: z.strictObject({ total: z.number(), whole: z.boolean() }),
  graph({ steps }, preset) {
    const module = (name) => import.meta.resolve('../src/' + name);
    const counts = Object.fromEntries([1, 2].map((seed) => [
      'count' + seed,
      node({
        id: 'count/' + seed,
        module: module('count.ts'),
        run: count,
        parameters: { steps },
        seed,
        publish: { 'state.bin': 'weights/counting.' + preset + '/' + seed + '.bin' },
      }),
    ]));
    return node({ id: 'add', module: module('add.ts'), run: add, parameters: {}, inputs: counts });
  },
  async *verify({ artifact: { id, preset, data }, read, wants }) {
    let total = 0;
    for (const seed of [1, 2]) {
      const bytes = await read('weights/' + id + '.' + preset + '/' + seed + '.bin');
      total += JSON.parse(new TextDecoder().decode(bytes))[1];
    }
    if (wants('total')) yield { name: 'total', relativeError: Math.abs(total / data.total - 1) };
  },
});
`;

const COUNT = `
import { advance } from './advance.ts';
/** A cheap training: a chain of integers, with a checkpoint every fifth step. */
export async function count({ parameters, seed, checkpoint, progress, signal }) {
  const saved = await checkpoint.load();
  let [step, state] = saved ? JSON.parse(new TextDecoder().decode(saved)) : [0, seed];
  const bytes = () => new TextEncoder().encode(JSON.stringify([step, state]));
  while (step < parameters.steps) {
    if (process.env.FAIL_SEED === String(seed)) throw new Error('told to fail');
    state = advance(state);
    step++;
    if (step % 5 === 0) await checkpoint.save(bytes());
    await progress({ step, steps: parameters.steps, loss: 1 / step });
    if (process.env.DELAY) await new Promise((r) => setTimeout(r, Number(process.env.DELAY)));
    if (process.env.DIE_AT === String(step)) process.kill(process.pid, 'SIGKILL');
    if (signal.aborted) {
      await checkpoint.save(bytes());
      throw signal.reason;
    }
  }
  return { 'state.bin': bytes() };
}
`;

const ADVANCE = `
export const advance = (state: number): number => (Math.imul(state, 1664525) + 1013904223) >>> 0;
export const unused = 1;
`;

const ADD = `
import { dataFile } from '${PROJECT}/src/lab/experiment.ts';
export async function add({ inputs }) {
  const states = Object.values(inputs).map((i) => JSON.parse(new TextDecoder().decode(i.files['state.bin'])));
  const total = states.reduce((sum, [, state]) => sum + state, 0);
  const whole = Object.values(inputs).every((i) => /^[0-9a-f]{64}$/.test(i.sha256['state.bin']));
  return dataFile({ total, whole });
}
`;

interface Row {
  id: string;
  state: string;
  reasons: string[];
}

export interface Finished {
  code: number | null;
  output: string;
}

/** A small repository of its own in a temporary folder, with one cheap experiment. */
export class Repository {
  readonly root = mkdtempSync(join(tmpdir(), 'lab-'));

  constructor() {
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
    symlinkSync(join(PROJECT, 'node_modules'), join(this.root, 'node_modules'));
    this.write('package.json', '{"type":"module"}');
    this.write('experiments/counting.ts', EXPERIMENT);
    this.write('src/count.ts', COUNT);
    this.write('src/advance.ts', ADVANCE);
    this.write('src/add.ts', ADD);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  edit(name: string, from: string, to: string): void {
    const before = this.read(name);
    if (!before.includes(from)) throw new Error(`edit: ${name} does not hold ${from}`);
    this.write(name, before.replace(from, to));
  }

  /** Starts a lab command, as the head of a process group of its own. */
  spawn(args: string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [join(PROJECT, 'src/lab/cli.ts'), ...args], {
      cwd: this.root,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** What `lab status` says of preset `small`. */
  async status(): Promise<Row[]> {
    const { output } = await this.lab(['status', '--preset', 'small', '--json']);
    return JSON.parse(output) as Row[];
  }

  /** Runs a lab command to its end. */
  lab(args: string[], env: Record<string, string> = {}): Promise<Finished> {
    return finished(this.spawn(args, env));
  }
}

export async function finished(child: ChildProcess): Promise<Finished> {
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  return new Promise((done) => child.on('close', (code) => done({ code, output })));
}
