import { spawnSync } from 'node:child_process';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { makeWorkspace } from './clone.ts';

/** One file a rule, each breaking that rule. */
const VIOLATIONS: Record<string, string> = {
  'typescript(no-explicit-any)': 'export const f = (x: any): string => String(x);',
  'typescript(no-floating-promises)':
    'const f = (): Promise<void> => Promise.resolve();\nexport const g = (): void => {\n  f();\n};',
  'typescript(no-misused-promises)':
    'export const f = (p: Promise<boolean>): number => (p ? 1 : 2);',
  'typescript(switch-exhaustiveness-check)':
    "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}",
  'typescript(consistent-type-imports)':
    "import { Stats } from 'node:fs';\nexport type Size = Stats;",
  'typescript(no-unsafe-assignment)':
    "export function f(): string {\n  const x = JSON.parse('1');\n  return String(x);\n}",
  'typescript(only-throw-error)': "export const f = (): never => {\n  throw 'no';\n};",
  'eslint(eqeqeq)': 'export const f = (x: number, y: number): boolean => x == y;',
  'eslint(no-console)': "export const f = (): void => console.log('x');",
  'eslint(max-lines)': `export const x = [\n${'  1,\n'.repeat(300)}];`,
  'eslint(max-lines-per-function)': `export function f(): void {\n${'  String(1);\n'.repeat(50)}}`,
  'import(no-default-export)': 'export default 1;',
  'import(no-cycle)': "import { b } from './cycle-b.ts';\nexport const a = (): number => b() + 1;",
};

const CYCLE_B = "import { a } from './rule-12.ts';\nexport const b = (): number => a() + 1;";

/** [importing file, imported file, allowed]: one line for every edge of the layout worth holding. */
const IMPORTS: readonly [string, string, boolean][] = [
  ['src/numerics', 'src/runtime', false],
  ['src/numerics', 'src/models', false],
  ['src/numerics', 'src/tasks', false],
  ['src/runtime', 'src/kernels', false],
  ['src/runtime', 'src/models', false],
  ['src/kernels', 'src/runtime', true],
  ['src/kernels', 'src/models', false],
  ['src/kernels', 'src/training', false],
  ['src/kernels/scan', 'src/training', false],
  ['src/models', 'src/kernels', true],
  ['src/models', 'src/numerics', true],
  ['src/models', 'src/training', false],
  ['src/models', 'src/tasks', false],
  ['src/tasks', 'src/numerics', true],
  ['src/tasks', 'src/models', false],
  ['src/tasks', 'src/training', false],
  ['src/tasks', 'src/lab', false],
  ['src/baselines', 'src/tasks', true],
  ['src/baselines', 'src/numerics', true],
  ['src/baselines', 'src/models', false],
  ['src/baselines', 'src/training', false],
  ['src/training', 'src/models', true],
  ['src/training', 'src/tasks', true],
  ['src/training', 'src/lab', false],
  ['src/training', 'experiments', false],
  ['src/checkpoints', 'src/models', false],
  ['src/checkpoints', 'src/training', false],
  ['src/checkpoints', 'src/checkpoints/node', false],
  ['src/checkpoints/node', 'src/checkpoints', true],
  ['src/checkpoints/node', 'src/lab', false],
  ['src/language', 'src/checkpoints', true],
  ['src/language', 'src/models', true],
  ['src/language', 'src/checkpoints/node', false],
  ['src/language', 'src/training', false],
  ['src/models', 'src/language', false],
  ['src/checkpoints', 'src/language', false],
  ['src/training', 'src/language', false],
  ['src/artifacts', 'src/models', false],
  ['src/artifacts', 'src/numerics', false],
  ['src/artifacts', 'src/lab', false],
  ['src/lab', 'src/training', true],
  ['src/lab', 'experiments', false],
  ['src/lab', 'src/components', false],
  ['src/components', 'src/artifacts', true],
  ['src/components', 'src/lab', false],
  ['src/components', 'src/demos', false],
  ['src/components', 'src/layouts', false],
  ['src/components', 'experiments', false],
  ['src/components/results', 'src/artifacts', true],
  ['src/components/results', 'src/lab', false],
  ['src/components/results', 'src/components/paper', false],
  ['src/components/drawing', 'src/components/results', false],
  ['src/components/tables', 'src/components/results', false],
  ['src/components/client', 'src/components/results', false],
  ['src/components/client', 'src/training', false],
  ['src/components/paper', 'src/components/results', true],
  ['src/components/paper', 'src/components/figures', false],
  ['src/components/paper', 'src/demos', false],
  ['src/components/sections', 'src/components/paper', true],
  ['src/components/sections', 'src/components/figures', false],
  ['src/components/claims', 'src/components/page', false],
  ['src/components/frame', 'src/components/provenance', true],
  ['src/components/frame', 'src/components/figures', false],
  ['src/components/figures/layers', 'src/components/figures/learning-curves', true],
  ['src/components/figures/layers', 'src/components/figures/scaling', false],
  ['src/components/figures/layers', 'src/components/drawing', true],
  ['src/components/figures/layers', 'src/components/frame', false],
  ['src/components/figures/layers', 'src/lab', false],
  ['src/components/figures', 'src/components/drawing', true],
  ['src/components/figures', 'src/components/figures/layers', false],
  ['src/components/figures', 'src/components/frame', false],
  ['src/demos', 'src/training', true],
  ['src/demos', 'src/components/frame', true],
  ['src/demos', 'src/layouts', false],
  ['src/demos', 'src/lab', true],
  ['src/lab/portable', 'src/artifacts', true],
  ['src/lab/portable', 'src/lab/meaning', false],
  ['src/lab/portable', 'src/runtime', false],
  ['src/layouts', 'src/demos', true],
  ['src/layouts', 'src/pages', false],
  ['src/pages', 'src/components', true],
  ['src/pages', 'src/lab', false],
  ['src/pages', 'experiments', false],
  ['content', 'src/lab', false],
  ['experiments', 'src/lab', true],
  ['experiments', 'src/training', true],
  ['experiments', 'src/components', false],
];

const specifier = (from: string, to: string): string =>
  posix.relative(from, to).replace(/^(?!\.)/, './');

interface Report {
  diagnostics: { code: string; filename: string }[];
}

/** Codes of the linter's complaints by file. */
function lint(sources: Record<string, string>): Map<string, Set<string>> {
  const settings = ['.oxlintrc.json', 'tsconfig.json', 'package.json'];
  const { folder, remove } = makeWorkspace(settings, sources);
  try {
    const oxlint = join(folder, 'node_modules', '.bin', 'oxlint');
    const { stdout } = spawnSync(oxlint, ['--format', 'json', 'src', 'content', 'experiments'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const codes = new Map<string, Set<string>>(
      Object.keys(sources).map((path) => [path, new Set()]),
    );
    const { diagnostics } = JSON.parse(stdout) as Report;
    for (const { code, filename } of diagnostics) codes.get(filename)?.add(code);
    return codes;
  } finally {
    remove();
  }
}

test('each rule complains about a file that breaks it', () => {
  const rules = Object.keys(VIOLATIONS);
  const path = (index: number): string => `src/training/rule-${index}.ts`;
  const sources = Object.fromEntries(rules.map((rule, i) => [path(i), `${VIOLATIONS[rule]}\n`]));
  const codes = lint({ ...sources, 'src/training/cycle-b.ts': CYCLE_B });
  const missed = rules.filter((rule, i) => !codes.get(path(i))?.has(rule));
  expect(missed).toEqual([]);
});

test('imports point down the layout only', () => {
  const layers = new Set(IMPORTS.map(([, to]) => to));
  const targets = Object.fromEntries(
    [...layers].map((layer) => [`${layer}/target.ts`, 'export const target = 1;\n']),
  );
  const importer = ([from, to]: readonly [string, string, boolean]): string =>
    `${from}/from-${from.split('/').length}-to-${to.replaceAll('/', '-')}.ts`;
  const sources = Object.fromEntries(
    IMPORTS.map((edge) => [
      importer(edge),
      `export { target } from '${specifier(edge[0], edge[1])}/target.ts';\n`,
    ]),
  );
  const codes = lint({ ...targets, ...sources });
  const held = IMPORTS.map((edge): [string, string, boolean] => [
    edge[0],
    edge[1],
    !codes.get(importer(edge))?.has('eslint(no-restricted-imports)'),
  ]);
  expect(held).toEqual(IMPORTS);
});

test('models and tasks may use the random numbers, artifacts neither these nor tensors', () => {
  const source = "export type { RandomStream } from '../numerics/random.ts';\n";
  const codes = lint({
    'src/numerics/random.ts': 'export class RandomStream {\n  x = 1;\n}\n',
    'src/models/a.ts': source,
    'src/tasks/a.ts': source,
    'src/artifacts/a.ts': source,
    'src/artifacts/b.ts': "export { add } from '@tensorflow/tfjs-core';\n",
  });
  const restricted = [...codes].filter(([, set]) => set.has('eslint(no-restricted-imports)'));
  expect(restricted.map(([path]) => path)).toEqual(['src/artifacts/a.ts', 'src/artifacts/b.ts']);
});

test('the core of checkpoints runs where there is no Node', () => {
  const source = "export { readFile } from 'node:fs/promises';\n";
  const codes = lint({ 'src/checkpoints/a.ts': source, 'src/checkpoints/node/a.ts': source });
  const restricted = [...codes].filter(([, set]) => set.has('eslint(no-restricted-imports)'));
  expect(restricted.map(([path]) => path)).toEqual(['src/checkpoints/a.ts']);
});
