import { execFile } from 'node:child_process';
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
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { RandomStream } from '../../src/numerics/random.ts';
import type { BruteForce } from './brute-force.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
/** Some of them: each change is judged twice for every node. */
const EXPERIMENTS = ['skewed-linear-regression', 'decision-tree', 'gradient-descent'].map(
  (id) => `experiments/${id}.ts`,
);
const FOLDERS = ['graphs', 'measuring', 'nodes', 'outputs', 'settings'].map(
  (name) => `experiments/${name}`,
);
const MUTATIONS = 30;
const random = RandomStream.fromSeed(30);

const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)] as T;

/** This repository's code, in a folder where it may be broken. */
class Copy {
  readonly root = mkdtempSync(join(tmpdir(), 'mutations-'));

  constructor() {
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
    for (const name of ['src', 'package.json', 'tests/lab', ...FOLDERS, ...EXPERIMENTS])
      cpSync(join(PROJECT, name), join(this.root, name), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(this.root, 'node_modules'));
  }

  read = (path: string): string => readFileSync(join(this.root, path), 'utf8');
  write = (path: string, text: string): void => writeFileSync(join(this.root, path), text);

  async run(script: string, ...args: string[]): Promise<unknown> {
    const command = [join(this.root, script), ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: this.root });
    return JSON.parse(stdout);
  }

  /** What the lab says is stale. */
  async stale(): Promise<string[]> {
    const rows = await this.run('src/lab/cli.ts', 'status', '--preset', 'small', '--json');
    return (rows as { id: string; state: string }[])
      .filter(({ state }) => state === 'stale')
      .map(({ id }) => id)
      .toSorted();
  }
}

/** Nodes made of something else than before, and all that is made of them. */
function affected(before: BruteForce, after: BruteForce): string[] {
  const found = new Set<string>();
  for (const [id, { own, inputs }] of Object.entries(after))
    if (own !== before[id]?.own || inputs.some((input) => found.has(input))) found.add(id);
  return [...found].toSorted();
}

/** The source with one number raised by one, in code; undefined if the number drawn is none. */
function mutate(path: string, source: string): { text: string; line: string } | undefined {
  const { index, 0: digit } = pick([
    ...source.matchAll(/(?<![\w.#$])[0-8](?![\w.])/g),
    { index: -1, 0: '' },
  ]);
  if (index < 0) return undefined;
  const text = `${source.slice(0, index)}${Number(digit) + 1}${source.slice(index + 1)}`;
  const number = source.slice(0, index).split('\n').length;
  const line = `${path}:${number} ${source.split('\n')[number - 1]?.trim()}`;
  return isCode(path, source, text, line) ? { text, line } : undefined;
}

function isCode(path: string, before: string, after: string, line: string): boolean {
  if (path.endsWith('.as.ts')) return !/ (\*|\/\/|\/\*)/.test(line);
  const code = (text: string): string => transformSync(text, { loader: 'ts', minify: true }).code;
  try {
    return code(before) !== code(after);
  } catch {
    return false;
  }
}

it(`${MUTATIONS} random changes make stale exactly what a brute-force search finds`, async () => {
  const copy = new Copy();
  const backends = JSON.stringify(await copy.run('tests/lab/pretend-results.ts'));
  const bruteForce = async (): Promise<BruteForce> =>
    (await copy.run('tests/lab/brute-force.ts', backends)) as BruteForce;
  const before = await bruteForce();
  expect(await copy.stale()).toEqual([]);

  const lock = JSON.parse(copy.read('lab.lock.json')) as { sources: Record<string, object> };
  const reached = [...new Set(Object.values(lock.sources).flatMap((files) => Object.keys(files)))];
  // Not the lab, which runs here as the judge: broken, it would judge wrongly or not at all.
  const all = globSync(
    '{src/{kernels,models,tasks,baselines,training,runtime,artifacts},experiments}/**/*.ts',
    { cwd: copy.root },
  );
  const seen = new Set<string>();
  for (let count = 0; count < MUTATIONS;) {
    const path = pick(count % 3 === 0 ? all.toSorted() : reached.toSorted());
    const source = copy.read(path);
    const mutation = mutate(path, source);
    if (!mutation) continue;
    copy.write(path, mutation.text);
    const [stale, expected] = await Promise.all([
      copy.stale(),
      bruteForce().then((after) => affected(before, after)),
    ]);
    copy.write(path, source);
    expect(stale, mutation.line).toEqual(expected);
    seen.add(JSON.stringify(stale));
    count++;
  }
  expect(seen.size).toBeGreaterThan(5);
});

it('a comment in every file makes nothing stale', async () => {
  const copy = new Copy();
  await copy.run('tests/lab/pretend-results.ts');
  const files = globSync('{src,experiments}/**/*.ts', { cwd: copy.root });
  for (const path of files) copy.write(path, `// 1 + 1\n${copy.read(path)}/* 2 */\n`);
  expect(files.length).toBeGreaterThan(100);
  expect(await copy.stale()).toEqual([]);
});
