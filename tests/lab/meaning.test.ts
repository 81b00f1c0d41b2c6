import { describe, expect, it } from 'vitest';
import { hashOf, meaningOf } from './meaning-of.ts';
import type { Files } from './meaning-of.ts';

const MAIN = `import { scale, type Unit } from './units.ts';
const STEPS = 3;
function halve(value: number): number { return value / 2; }
export function run(count: number): number {
  const total = [1, 2].map((each) => each * count).reduce((sum, each) => sum + each, 0);
  return scale(halve(total) + STEPS);
}
export const other = () => 7;
`;
const UNITS = `export type Unit = 'm';
export const factor = 10;
export const scale = (value: number): number => value * factor;
`;
const BASE: Files = { 'main.ts': MAIN, 'units.ts': UNITS };
const main = (from: string, to: string): Files => {
  expect(MAIN).toContain(from);
  return { ...BASE, 'main.ts': MAIN.replaceAll(from, to) };
};

describe('the same meaning', () => {
  it.each<[string, Files]>([
    ['another type', main('count: number', 'count: any')],
    ['a comment', main('const STEPS', '/* three */ const STEPS')],
    ['white space', main('{ return value / 2; }', '{\n\n return value/2\n}')],
    ['renamed locals', main('each', 'zq')],
    ['a renamed definition', main('halve', 'xyzzy')],
    ['another spelling of a number', main('STEPS = 3', 'STEPS = 0x3')],
    ['an assertion of type', main('count)', 'count as number)')],
    ['a definition that nobody reaches', main('() => 7', '() => 8')],
  ])('has %s', (_, files) => {
    expect(hashOf(files)).toBe(hashOf(BASE));
  });

  it('in another order, in other files, under other names', () => {
    const split: Files = {
      'main.ts': `export { go as run } from './deep/go.ts';`,
      'deep/go.ts': `export function go(n: number): number {
        const t = [1, 2].map((e) => e * n).reduce((s, e) => s + e, 0);
        return stretch(half(t) + COUNT);
      }
      import { stretch } from '../lib/all.ts';
      import { COUNT, half } from './parts.ts';`,
      'deep/parts.ts': `export const half = pick; function pick(v: number) { return v / 2; }
      export const COUNT = 3;`,
      'lib/all.ts': `export * from './stretch.ts';`,
      'lib/stretch.ts': `const by = 10; export const stretch = (v: number) => v * by;`,
    };
    const direct = {
      ...split,
      'deep/parts.ts': 'export function half(v: number) { return v / 2; } export const COUNT = 3;',
    };
    expect(hashOf(direct)).toBe(hashOf(BASE));
    // An alias is a definition of its own.
    expect(hashOf(split)).not.toBe(hashOf(BASE));
  });

  it('through a namespace or by name, of this repository or of a package', () => {
    const named = hashOf({
      ...BASE,
      'main.ts':
        "import { scale } from './units.ts'; import { add } from 'pkg';\nexport const run = () => add(scale(1));",
    });
    const whole = hashOf({
      ...BASE,
      'main.ts':
        "import * as units from './units.ts'; import * as p from 'pkg';\nexport const run = () => p.add(units.scale(1));",
    });
    const computed = hashOf({
      ...BASE,
      'main.ts':
        "import * as units from './units.ts'; import * as p from 'pkg';\nexport const run = () => p.add(units['scale'](1));",
    });
    expect(whole).toBe(named);
    expect(computed).not.toBe(named);
  });

  it('of definitions that call each other, from either of them', () => {
    const even = 'const even = (n: number): boolean => n === 0 || odd(n - 1);';
    const odd = 'const odd = (n: number): boolean => n !== 0 && even(n - 1);';
    const run = 'export const run = () => even(4);';
    expect(hashOf([odd, even, run].join('\n'))).toBe(hashOf([run, even, odd].join('\n')));
    expect(hashOf([odd, even, run.replace('even', 'odd')].join('\n'))).not.toBe(
      hashOf([even, odd, run].join('\n')),
    );
    expect(hashOf([odd.replace('- 1', '- 2'), even, run].join('\n'))).not.toBe(
      hashOf([even, odd, run].join('\n')),
    );
  });

  it('of two helpers that became one', () => {
    const two =
      'const a = (x: number) => x + 1; const b = (y: number) => y + 1; export const run = () => a(b(1));';
    const one = 'const a = (x: number) => x + 1; export const run = () => a(a(1));';
    expect(hashOf(one)).toBe(hashOf(two));
  });
});

describe('another meaning', () => {
  it.each<[string, string, string]>([
    ['a constant', 'STEPS = 3', 'STEPS = 4'],
    ['an operator', 'each * count', 'each + count'],
    ['swapped operands', 'value / 2', '2 / value'],
    ['another local', '=> sum + each', '=> sum + sum'],
    ['another definition', 'scale(halve', 'halve(halve'],
    ['a property', '.map(', '.flatMap('],
  ])('has %s', (_, from, to) => {
    expect(hashOf(main(from, to))).not.toBe(hashOf(BASE));
  });

  it('has a constant of an import', () => {
    expect(hashOf({ ...BASE, 'units.ts': UNITS.replace('10', '11') })).not.toBe(hashOf(BASE));
  });

  it.each<[string, string, string]>([
    [
      'a local hides a definition',
      'const a = 1; export const run = () => { const a = 2; return a; };',
      'const a = 1; export const run = () => { const b = 2; return a; };',
    ],
    [
      'a block hides a parameter',
      'export const run = (a: number) => { { let a = 1; a++; } return a; };',
      'export const run = (a: number) => { { let b = 1; a++; } return a; };',
    ],
    [
      'var reaches out of its block',
      'export const run = (f: boolean) => { if (f) { var a = 1; } return a; };',
      'export const run = (f: boolean) => { if (f) { let b = 1; } return a; };',
    ],
    [
      'an optional chain',
      'export const run = (a: any) => a?.b;',
      'export const run = (a: any) => a.b;',
    ],
    [
      'a key of a pattern',
      'export const run = ({ a: x }: any) => x;',
      'export const run = ({ b: x }: any) => x;',
    ],
    [
      'a computed key',
      'export const run = (a: string) => ({ [a]: 1 });',
      'export const run = (a: string) => ({ a: 1 });',
    ],
    [
      'which of two destructured',
      'const [a, b] = [1, 2]; export const run = () => a;',
      'const [a, b] = [1, 2]; export const run = () => b;',
    ],
    [
      'let for const',
      'let a = 1; export const run = () => a;',
      'const a = 1; export const run = () => a;',
    ],
    [
      'an await',
      'export const run = async (a: any) => await a;',
      'export const run = async (a: any) => a;',
    ],
    [
      'a static member',
      'class A { static a = 1; } export const run = () => A;',
      'class A { a = 1; } export const run = () => A;',
    ],
    [
      'which private member',
      'class A { #a = 1; #b = 2; c() { return this.#a; } } export const run = () => A;',
      'class A { #a = 1; #b = 2; c() { return this.#b; } } export const run = () => A;',
    ],
    ['a big number', 'export const run = () => 2n;', 'export const run = () => 2;'],
    ['text for a number', "export const run = () => '2';", 'export const run = () => 2;'],
    ['a pattern of text', 'export const run = () => /a/g;', 'export const run = () => /a/;'],
    [
      'text between placeholders',
      'export const run = (a: any) => `${a}-`;',
      'export const run = (a: any) => `-${a}`;',
    ],
  ])('where %s', (_, one, other) => {
    expect(hashOf(one)).not.toBe(hashOf(other));
  });

  it('where a module does something when it is imported', () => {
    const plain = {
      'main.ts': "import { a } from './a.ts'; export const run = () => a;",
      'a.ts': 'export const a = [1];',
    };
    const doing = { ...plain, 'a.ts': 'export const a = [1]; a.push(2);' };
    const more = { ...plain, 'a.ts': 'export const a = [1]; a.push(3);' };
    expect(new Set([plain, doing, more].map((files) => hashOf(files))).size).toBe(3);
  });

  it('of a renamed private member, parameter or class expression is the same', () => {
    const text =
      'class A { #a = 1; get(b: number) { return this.#a + b; } } export const run = () => new A();';
    expect(
      hashOf(text.replaceAll('#a', '#zz').replaceAll(/\bb\b/g, 'q').replaceAll(/\bA\b/g, 'Q')),
    ).toBe(hashOf(text));
    const named = 'export const run = class Inner { again() { return Inner; } };';
    expect(hashOf(named.replaceAll('Inner', 'Other'))).toBe(hashOf(named));
  });
});

describe('files', () => {
  it('that are not code count by their bytes', () => {
    const files = {
      'main.ts':
        "import rows from './rows.json' with { type: 'json' }; export const run = () => rows;",
      'rows.json': '[1]',
    };
    expect(hashOf({ ...files, 'rows.json': '[2]' })).not.toBe(hashOf(files));
  });

  it('that are reached are named, with packages and what is used of them', () => {
    const { files, packages } = meaningOf({
      ...BASE,
      'main.ts': `import { readFileSync } from 'node:fs';\n${MAIN.replace('[1, 2]', 'readFileSync(`a`)')}`,
    });
    expect(Object.keys(files)).toEqual(['main.ts', 'units.ts']);
    expect([...packages].map(([name, used]) => [name, [...used]])).toEqual([
      ['node:fs', ['readFileSync']],
    ]);
  });

  it('that miss an export say so', () => {
    expect(() => hashOf({ ...BASE, 'units.ts': 'export const scales = 1;' })).toThrow(
      /main\.ts: expected an export scale of units\.ts, got none/,
    );
    expect(() => hashOf('enum A { B } export const run = () => A.B;')).toThrow(
      /types can be erased/,
    );
    expect(() => hashOf('export const run = = 1;')).toThrow(/main\.ts: expected TypeScript/);
  });
});

describe('operations', () => {
  const OP: Files = {
    'main.ts': "import { scan } from './src/kernels/scan/op.ts'; export const run = () => scan(1);",
    'src/kernels/scan/op.ts':
      "import { engine } from 'tf'; export const scan = (x: number) => engine('Scan', x);",
    'src/kernels/scan/reference.ts': 'export const scanReference = (x: number) => x * 2;',
    'src/kernels/scan/wasm.ts': 'export const register = () => 1;',
    'src/kernels/scan/scan.as.ts': 'export function f(): f32 { return 1; }',
  };

  it('count by what their reference computes, not by who computes them', () => {
    const edit = (file: string, text: string) => hashOf({ ...OP, [file]: text });
    expect(
      edit('src/kernels/scan/reference.ts', 'export const scanReference = (x: number) => x * 3;'),
    ).not.toBe(hashOf(OP));
    expect(
      edit('src/kernels/scan/op.ts', OP['src/kernels/scan/op.ts']!.replace("'Scan'", "'Other'")),
    ).not.toBe(hashOf(OP));
    expect(edit('src/kernels/scan/wasm.ts', 'export const register = () => 2;')).toBe(hashOf(OP));
    expect(edit('src/kernels/scan/scan.as.ts', '')).toBe(hashOf(OP));
  });

  it('keep their reference where they are split, and are refused where they have none', () => {
    const split = (folder: string): Files => ({
      ...OP,
      'src/kernels/op.ts': 'export const runKernel = (name: string) => name;',
      'src/kernels/scan/op.ts': `export { scan } from '../${folder}/scan-op.ts';`,
      [`src/kernels/${folder}/scan-op.ts`]:
        "import { runKernel } from '../op.ts'; export const scan = () => runKernel('Scan');",
    });
    const beside = split('scan');
    const other = { 'src/kernels/scan/reference.ts': 'export const scanReference = () => 3;' };
    expect(hashOf({ ...beside, ...other })).not.toBe(hashOf(beside));
    const { 'src/kernels/scan/scan-op.ts': text, ...rest } = beside;
    expect(hashOf({ ...rest, 'src/kernels/scan/op.ts': text! })).toBe(hashOf(beside));
    expect(() => hashOf(split('elsewhere'))).toThrow(
      /elsewhere\/scan-op\.ts: expected what runs a kernel beside the reference of it/,
    );
  });

  it('whose implementation other code uses stay opaque to it', () => {
    const used = {
      ...OP,
      'main.ts':
        "import { register } from './src/kernels/scan/wasm.ts'; export const run = () => register();",
    };
    expect(
      hashOf({ ...used, 'src/kernels/scan/wasm.ts': 'export const register = () => 2;' }),
    ).toBe(hashOf(used));
  });
});
