import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, glob, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

/**
 * Flips signs in kernel sources, WGSL and AssemblyScript, and expects the kernel tests to go red: a test
 * that cannot fail proves nothing. Works on a copy.
 *
 *     npm run mutate -- [--per-file N | --all] [--filter TEXT] [--sample N]
 *
 * Prints one JSON line a flip; exits with 1 if any survives. By default the middle sign of each file; with
 * `--sample`, of N files, which the commit's hash draws: what CI does, so that in time every file has its turn.
 */
const { values: options } = parseArgs({
  options: {
    'per-file': { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    filter: { type: 'string', default: '' },
    sample: { type: 'string' },
  },
});

const ROOT = resolve(import.meta.dirname, '..');
/** A flipped sign may never end; that is red too. */
const HUNG_AFTER_MS = 600_000;
const COPIED = ['src', 'tests', 'scripts', 'package.json', 'vitest.config.ts', 'tsconfig.json'];

interface Flip {
  line: number;
  before: string;
  source: string;
}

/** How many lanes a load needs is blanked out: those past the end are read for nothing, and never stored. */
const withoutLoadCounts = (line: string): string =>
  line.replaceAll(
    /(?<=loadUpTo4\([^,]*, )[^,()]*(?=\))|(?<=if \()[^>]*(?= > \d\) lanes = f32x4\.replace_lane)/g,
    (count) => '_'.repeat(count.length),
  );

/** Every source that differs from `source` in the sign of one sum or one accumulation. */
function flips(source: string): Flip[] {
  const lines = source.split('\n');
  return lines.flatMap((before, i) => {
    if (/^\s*(\*|\/\/|\/\*\*|import|for)/.test(before)) return [];
    return [...withoutLoadCounts(before).matchAll(/ ([+-])(?==? )/g)].map(({ index, 1: sign }) => {
      const flipped = sign === '+' ? '-' : '+';
      const after = `${before.slice(0, index + 1)}${flipped}${before.slice(index + 2)}`;
      return { line: i + 1, before: before.trim(), source: lines.with(i, after).join('\n') };
    });
  });
}

/** `AssemblyScript` names its sums: f32x4.add and f32x4.sub are signs too. */
function namedFlips(source: string): Flip[] {
  const swapped = { add: 'sub', sub: 'add' } as const;
  return [...source.matchAll(/f32x4\.(add|sub)\(/g)].map(({ index, 1: name }) => {
    const at = index + 'f32x4.'.length;
    const line = source.slice(0, index).split('\n').length;
    return {
      line,
      before: source.split('\n')[line - 1]?.trim() ?? '',
      source: source.slice(0, at) + swapped[name as 'add' | 'sub'] + source.slice(at + 3),
    };
  });
}

/** A few of the flips, spread evenly. */
function chosen(all: Flip[]): Flip[] {
  const count = Math.min(options.all ? all.length : Number(options['per-file']), all.length);
  return Array.from(
    { length: count },
    (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]!,
  );
}

/** What only runs on a GPU's matrix hardware: flips would go unseen. */
const NEEDS_HARDWARE: ReadonlySet<string> = new Set(['matmul']);

/** Shared folders are tested by every operation. */
const SHARED: ReadonlySet<string> = new Set(['wasm', 'webgpu']);

/** Where a folder's kernels are tested: in the file of its name. */
function testsOf(file: string): string {
  const folder = basename(dirname(file));
  if (SHARED.has(folder)) return 'tests/kernels';
  const tests = join('tests', 'kernels', `${folder}.test.ts`);
  if (existsSync(join(ROOT, tests))) return tests;
  throw new Error(`mutate-kernels: expected tests of ${file} in ${tests}, got none; write them`);
}

/** Files whose sign is flipped, by the commit's hash. */
function sampled(files: readonly string[], count: number): string[] {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  const order = (file: string): string =>
    createHash('sha256').update(commit).update(file).digest('hex');
  return files.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, count);
}

function testsPass(folder: string, backend: string, tests: string): Promise<boolean> {
  const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', tests, '--bail', '1', '-t', `on ${backend}`];
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: folder, timeout: HUNG_AFTER_MS }, (error) =>
      done(error === null),
    );
  });
}

const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
let survivors = 0;
try {
  for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const sources = await Array.fromAsync(glob('src/kernels/**/*.{wgsl,as}.ts', { cwd: folder }));
  const all = sources.filter((file) => !NEEDS_HARDWARE.has(basename(dirname(file))));
  for (const file of sources.filter((one) => !all.includes(one)))
    process.stderr.write(`mutate-kernels: skip ${file}, which needs matrix hardware\n`);
  const files = all.filter((name) => name.includes(options.filter)).toSorted();
  for (const file of options.sample ? sampled(files, Number(options.sample)) : files) {
    const path = join(folder, file);
    const original = await readFile(path, 'utf8');
    const flipped = chosen([...flips(original), ...namedFlips(original)]);
    if (flipped.length === 0) continue;
    const backend = file.endsWith('.as.ts') ? 'wasm' : 'webgpu';
    if (!(await testsPass(folder, backend, testsOf(file)))) {
      throw new Error(`mutate-kernels: expected the tests of ${file} to pass first; fix them`);
    }
    for (const { line, before, source } of flipped) {
      await writeFile(path, source);
      const red = !(await testsPass(folder, backend, testsOf(file)));
      survivors += red ? 0 : 1;
      process.stdout.write(`${JSON.stringify({ file, line, before, red })}\n`);
    }
    await writeFile(path, original);
  }
} finally {
  await rm(folder, { recursive: true });
}
process.exitCode = survivors > 0 ? 1 : 0;
