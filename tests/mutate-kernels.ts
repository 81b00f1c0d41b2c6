import { execFile } from 'node:child_process';
import { cp, glob, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

/**
 * Flips signs in kernel sources, WGSL and AssemblyScript, and expects the kernel tests to go red: a test
 * that cannot fail proves nothing. Works on a copy.
 *
 *     node tests/mutate-kernels.ts [--per-file N | --all] [--filter TEXT]
 *
 * Prints one JSON line a flip; exits with 1 if any survives. By default the middle sign of each file.
 */
const { values: options } = parseArgs({
  options: {
    'per-file': { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    filter: { type: 'string', default: '' },
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

/** Every source that differs from `source` in the sign of one sum or one accumulation. */
function flips(source: string): Flip[] {
  const lines = source.split('\n');
  return lines.flatMap((before, i) => {
    if (/^\s*(\*|\/\/|\/\*\*|import|for)/.test(before)) return [];
    return [...before.matchAll(/ ([+-])(?==? )/g)].map(({ index, 1: sign }) => {
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

/** What the tests of a folder's operation are called; shared folders are tested by all of them. */
const TESTED_BY: Record<string, string> = {
  adam: 'Adam',
  attention: 'causalAttention',
  'causal-conv': 'causalConvSilu',
  columns: 'splitColumns',
  gelu: 'gelu',
  linear: 'linear|matMul',
  norm: 'Norm',
  'selective-scan': 'can ',
};

function testsPass(folder: string, backend: string, operation = ''): Promise<boolean> {
  const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [
    vitest,
    'run',
    'tests/kernels',
    '--bail',
    '1',
    '-t',
    `on ${backend}.*(${operation})`,
  ];
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
  for (const backend of ['wasm', 'webgpu']) {
    if (await testsPass(folder, backend)) continue;
    throw new Error(`mutate-kernels: expected the tests on ${backend} to pass first; fix them`);
  }
  const files = await Array.fromAsync(glob('src/kernels/**/*.{wgsl,as}.ts', { cwd: folder }));
  for (const file of files.filter((name) => name.includes(options.filter)).toSorted()) {
    const path = join(folder, file);
    const original = await readFile(path, 'utf8');
    const backend = file.endsWith('.as.ts') ? 'wasm' : 'webgpu';
    for (const { line, before, source } of chosen([...flips(original), ...namedFlips(original)])) {
      await writeFile(path, source);
      const red = !(await testsPass(folder, backend, TESTED_BY[basename(dirname(file))]));
      survivors += red ? 0 : 1;
      process.stdout.write(`${JSON.stringify({ file, line, before, red })}\n`);
    }
    await writeFile(path, original);
  }
} finally {
  await rm(folder, { recursive: true });
}
process.exitCode = survivors > 0 ? 1 : 0;
