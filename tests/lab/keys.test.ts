import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { node } from '../../src/lab/experiment.ts';
import type { Files } from '../../src/lab/experiment.ts';
import { createKeyer } from '../../src/lab/keys.ts';
import { readSources, stripComments } from '../../src/lab/sources.ts';
import type { Sources } from '../../src/lab/sources.ts';
import { Repository } from './repository.ts';

/** A model that reaches one kernel operation, which both backends implement beside it. */
function withKernel(repository: Repository): void {
  repository.write(
    'src/kernels/scan/op.ts',
    "import { tensor } from '@tensorflow/tfjs-core';\nexport const scan = () => tensor([1]);",
  );
  repository.write('src/kernels/scan/wasm.ts', 'export const register = () => 1;');
  repository.write(
    'src/kernels/scan/scan.as.ts',
    "import { fma } from '../wasm/simd.as';\n@inline\nexport function f(): f32 { return fma(1); }",
  );
  repository.write('src/kernels/wasm/simd.as.ts', 'export function fma(x: f32): f32 { return x; }');
  repository.write(
    'src/kernels/scan/webgpu.ts',
    "import { wgsl } from './scan.wgsl.ts';\nexport const register = () => wgsl;",
  );
  repository.write('src/kernels/scan/scan.wgsl.ts', 'export const wgsl = `h = a * h + b;`;');
  repository.edit('src/count.ts', 'import', "import { scan } from './kernels/scan/op.ts';\nimport");
  repository.edit('src/count.ts', 'state = advance(state)', 'state = advance(state, scan)');
}

async function sourcesOf(repository: Repository, backend?: 'wasm' | 'webgpu'): Promise<Sources> {
  const module = pathToFileURL(repository.path('src/count.ts')).href;
  const entries = [{ module, exportName: 'count' }];
  const [sources] = await readSources(repository.root, [{ entries, backend }]);
  return sources as Sources;
}

const hashOf = async (repository: Repository, backend?: 'wasm' | 'webgpu'): Promise<string> =>
  (await sourcesOf(repository, backend)).hash;

type Edit = (repository: Repository) => void;
const COSMETIC: [string, Edit][] = [
  ['a comment', (r) => r.edit('src/count.ts', 'A cheap training', 'Some training')],
  ['a comment in an import', (r) => r.edit('src/advance.ts', 'export', '// note\nexport')],
  ['a type', (r) => r.edit('src/advance.ts', '(state: number): number', '(state: any)')],
  ['white space', (r) => r.edit('src/advance.ts', '=> (', '=>\n    (')],
  ['code that is not reached', (r) => r.edit('src/advance.ts', 'unused = 1', 'unused = 2')],
  ['a file that is not imported', (r) => r.edit('src/add.ts', 'state, 0', 'state, 1')],
];

describe('the hash of what a node reaches', () => {
  it.each(COSMETIC)('stays when %s changes', async (_, edit) => {
    const repository = new Repository();
    const before = await hashOf(repository);
    edit(repository);
    expect(await hashOf(repository)).toBe(before);
  });

  it.each<[string, Edit]>([
    ['its own code', (r) => r.edit('src/count.ts', 'step % 5', 'step % 6')],
    ['a constant in an import', (r) => r.edit('src/advance.ts', '1664525', '1664526')],
    ['a string', (r) => r.edit('src/count.ts', 'told to fail', 'told  to fail')],
  ])('changes with %s', async (_, edit) => {
    const repository = new Repository();
    const before = await hashOf(repository);
    edit(repository);
    expect(await hashOf(repository)).not.toBe(before);
  });

  it('is the same in another folder', async () => {
    expect(await hashOf(new Repository())).toBe(await hashOf(new Repository()));
  });

  it('names the files it reaches', async () => {
    const { files } = await sourcesOf(new Repository());
    expect(Object.keys(files)).toEqual(['src/advance.ts', 'src/count.ts']);
  });

  it('leaves the lab out, which runs nodes and computes nothing', async () => {
    const repository = new Repository();
    expect(repository.read('src/add.ts')).toContain('src/lab/experiment.ts');
    const module = pathToFileURL(repository.path('src/add.ts')).href;
    const entries = [{ module, exportName: 'add' }];
    const [sources] = await readSources(repository.root, [{ entries, backend: undefined }]);
    const { files } = sources as Sources;
    expect(Object.keys(files)).toEqual(['src/add.ts']);
  });
});

describe('code that a node is given', () => {
  /** The key of a node that runs `count` and is handed `advance`. */
  async function keyOfGiven(repository: Repository): Promise<string> {
    const url = (file: string): string => pathToFileURL(repository.path(file)).href;
    const [counting, advancing] = await Promise.all(
      [url('src/add.ts'), url('src/advance.ts')].map(
        (module) => import(module) as Promise<Record<string, unknown>>,
      ),
    );
    const made = node({
      id: 'given',
      module: url('src/add.ts'),
      run: counting!['add'] as () => Promise<Files>,
      parameters: {},
      uses: { given: { module: url('src/advance.ts'), value: advancing!['advance'] } },
    });
    const { sources } = await createKeyer(repository.root).parts(made, 'cpu', {});
    return sources.hash;
  }

  it('counts, and its siblings in the module do not', async () => {
    const repository = new Repository();
    const before = await keyOfGiven(repository);
    repository.edit('src/advance.ts', 'unused = 1', 'unused = 2');
    expect(await keyOfGiven(repository)).toBe(before);
    repository.edit('src/advance.ts', '1664525', '1664526');
    expect(await keyOfGiven(repository)).not.toBe(before);
  });
});

describe('the implementation of kernels', () => {
  it.each<[string, string, string, string, 'wasm' | 'webgpu', 'wasm' | 'webgpu']>([
    ['WGSL', 'src/kernels/scan/scan.wgsl.ts', 'a * h + b', 'a * h - b', 'webgpu', 'wasm'],
    ['AssemblyScript', 'src/kernels/scan/scan.as.ts', 'fma(1)', 'fma(2)', 'wasm', 'webgpu'],
    ['its import', 'src/kernels/wasm/simd.as.ts', 'return x', 'return -x', 'wasm', 'webgpu'],
  ])('%s counts on its own backend only', async (_, file, from, to, own, other) => {
    const repository = new Repository();
    withKernel(repository);
    const [before, elsewhere] = [await hashOf(repository, own), await hashOf(repository, other)];
    repository.edit(file, from, to);
    expect(await hashOf(repository, own)).not.toBe(before);
    expect(await hashOf(repository, other)).toBe(elsewhere);
  });

  it('does not count a comment in AssemblyScript', async () => {
    const repository = new Repository();
    withKernel(repository);
    const before = await hashOf(repository, 'wasm');
    repository.edit('src/kernels/scan/scan.as.ts', '@inline', '/** twice */\n// once\n@inline');
    expect(await hashOf(repository, 'wasm')).toBe(before);
  });

  it('brings the packages of the backend', async () => {
    const repository = new Repository();
    expect((await sourcesOf(repository, 'wasm')).packages).toEqual([]);
    withKernel(repository);
    expect((await sourcesOf(repository, 'wasm')).packages).toEqual([
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-core',
      'assemblyscript',
    ]);
  });
});

describe('stripComments', () => {
  it('keeps what looks like a comment inside a string', () => {
    expect(stripComments('a("//x") /* y */ + b // z\n + "\\"/*"')).toBe('a("//x") + b + "\\"/*"');
  });
});

describe('status and explain', () => {
  it('say which file, parameter and input changed', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    repository.edit('src/advance.ts', '1664525', '1664527');
    repository.edit('experiments/counting.ts', 'small: { steps: 40 }', 'small: { steps: 41 }');
    const { output } = await repository.lab(['explain', 'counting']);
    expect(output).toContain('code: src/advance.ts changed');
    expect(output).toContain('parameters.steps: 40 → 41');
    expect(output).toContain('2 inputs are stale: count/1, count/2');
    const json = await repository.lab(['status', '--preset', 'small', '--json']);
    const rows = JSON.parse(json.output) as { id: string; state: string }[];
    expect(rows.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'counting.small/count/1 stale',
      'counting.small/count/2 stale',
      'counting.small/add stale',
    ]);
  });

  it('say of a list what came and went, on a line that a terminal can hold', async () => {
    const repository = new Repository();
    const list = (...runs: string[]): string =>
      `parameters: { runs: [${runs.map((run) => `{ run: '${run.padEnd(400)}' }`).join()}] }, inputs`;
    repository.edit('experiments/counting.ts', 'parameters: {}, inputs', list('a', 'b'));
    await repository.lab(['run']);
    repository.edit('experiments/counting.ts', list('a', 'b'), list('a', 'b', 'c'));
    const grown = await repository.lab(['run', '--dry-run']);
    expect(grown.output).toContain('parameters.runs: 2 → 3 items, 1 of them new, 0 gone');
    repository.edit('experiments/counting.ts', list('a', 'b', 'c'), list('a', 'x'));
    const altered = await repository.lab(['run', '--dry-run']);
    expect(altered.output).toContain('parameters.runs[1].run: "b   ');
    for (const line of altered.output.split('\n')) expect(line.length).toBeLessThan(120);
    const whole = await repository.lab(['explain', 'counting/add']);
    expect(whole.output).toMatch(/runs\[1\]\.run: "b {399}" → "x {399}"/);
  });

  it('refuse a node whose function its module does not export', async () => {
    const repository = new Repository();
    repository.edit('experiments/counting.ts', "module('count.ts')", "module('add.ts')");
    const { code, output } = await repository.lab(['run']);
    expect(code).toBe(1);
    expect(output).toMatch(/node count\/1: expected its code among the exports of .*add\.ts/);
  });
});
