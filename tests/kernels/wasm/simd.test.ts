import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { main as asc } from 'assemblyscript/asc';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasmVariant } from '../../../src/kernels/wasm/features.ts';
import { expectEach } from '../support.ts';

const NAMES = ['exp2', 'exp', 'sigmoid', 'softplus'] as const;
type Name = (typeof NAMES)[number];

const GOLDEN: Record<Name, (x: number) => number> = {
  exp2: (x) => 2 ** x,
  exp: Math.exp,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

const source = `
import { loadUpTo4, storeUpTo4, sumLanes, sumLanesOf4, largestLane, prepare, ${NAMES.join(', ')} } from './simd.as';
export { prepare };
${NAMES.map(
  (name) => `export function ${name}Of(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) storeUpTo4(out + (<usize>i << 2), ${name}(loadUpTo4(x + (<usize>i << 2), n - i)), n - i);
}`,
).join('\n')}
export function sumOf(x: usize, count: i32): f32 { return sumLanes(loadUpTo4(x, count)); }
export function largestOf(x: usize): f32 { return largestLane(v128.load(x)); }
export function sumsOf(x: usize, out: usize): void { v128.store(out, sumLanesOf4(x)); }
`;

const FOLDER = resolve('src/kernels/wasm');

/** The functions that kernels share, compiled as they are, each over an array. */
async function compiled(variant: 'simd' | 'relaxed') {
  let binary = new Uint8Array();
  const features = ['--enable', variant === 'relaxed' ? 'simd,relaxed-simd' : 'simd'];
  const { error } = await asc(
    ['test.as.ts', '--baseDir', FOLDER, '--runtime', 'stub', '--importMemory', '--use', 'abort=']
      .concat(['--optimizeLevel', '3', '--disableWarning', '112', '--outFile', 'out.wasm'])
      .concat(features),
    {
      readFile: (name) => {
        if (name === 'test.as.ts') return source;
        try {
          return readFileSync(join(FOLDER, name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (_, contents) => void (binary = contents as Uint8Array<ArrayBuffer>),
      listFiles: () => [],
    },
  );
  if (error) throw error;
  const memory = new WebAssembly.Memory({ initial: 2 });
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
  const call = instance.exports as Record<string, (...operands: number[]) => number>;
  call['prepare']!();
  return { memory, call };
}

const VARIANTS = wasmVariant() === 'relaxed' ? (['simd', 'relaxed'] as const) : (['simd'] as const);

describe.each(VARIANTS)('what kernels share, built for %s', (variant) => {
  let memory: WebAssembly.Memory;
  let call: Record<string, (...operands: number[]) => number>;
  beforeAll(async () => {
    ({ memory, call } = await compiled(variant));
  });

  const put = (xs: readonly number[]) => new Float32Array(memory.buffer, 1024, xs.length).set(xs);
  const apply = (name: Name, xs: readonly number[]): number[] => {
    put(xs);
    call[`${name}Of`]!(1024, 65_536, xs.length);
    return [...new Float32Array(memory.buffer, 65_536, xs.length)];
  };
  const grid = Array.from({ length: 1601 }, (_, i) => (i - 800) / 16);

  it('exp2 is right to a relative 3e-7', () => {
    expectEach(apply('exp2', grid), grid.map(GOLDEN.exp2), 3e-7);
  });

  // x log2 e is rounded to float32, which costs 6e-8 |x| of the result.
  it.each(['exp', 'sigmoid', 'softplus'] as const)(
    '%s is right to a relative 4e-7 near zero, and as its argument allows far from it',
    (name) => {
      const near = grid.filter((x) => Math.abs(x) < 2);
      expectEach(apply(name, near), near.map(GOLDEN[name]), 4e-7);
      for (const most of [8, 25, 50]) {
        const xs = grid.filter((x) => Math.abs(x) <= most);
        expectEach(apply(name, xs), xs.map(GOLDEN[name]), 4e-7 + 7e-8 * most);
      }
    },
  );

  it.each([1, 2, 3, 4, 5, 7])('reads and writes %i values and none beyond', (n) => {
    const out = new Float32Array(memory.buffer, 65_536, 16).fill(9);
    const xs = Array.from({ length: n }, (_, i) => i);
    put(xs);
    call['exp2Of']!(1024, 65_536, n);
    expectEach(
      out.slice(0, n),
      xs.map((x) => 2 ** x),
      1e-6,
    );
    expect(Array.from(out).slice(n)).toEqual(Array.from({ length: 16 - n }, () => 9));
  });

  it('ends in zero and infinity where float32 does', () => {
    expect(apply('exp2', [-1000, -127, 127.4, 128, 1000])).toEqual([
      0,
      0,
      expect.closeTo(2 ** 127.4, -35) as number,
      Infinity,
      Infinity,
    ]);
    expect(apply('exp', [-1e30, -200, 200, 1e30])).toEqual([0, 0, Infinity, Infinity]);
    expect(apply('sigmoid', [-1e30, -200, 200, 1e30])).toEqual([0, 0, 1, 1]);
    expectEach(apply('softplus', [-1e30, -200, 200, 1e30]), [0, 0, 200, 1e30], 1e-6);
  });

  it.each(NAMES)('%s lets NaN through, and infinities to their limits', (name) => {
    const limit = { exp2: Infinity, exp: Infinity, sigmoid: 1, softplus: Infinity }[name];
    expect(apply(name, [NaN, Infinity, -Infinity, 0])).toEqual([
      NaN,
      limit,
      0,
      expect.closeTo(GOLDEN[name](0), 6),
    ]);
  });

  it.each([0, 1, 2, 3, 4])('adds up %i lanes', (count) => {
    put([1, 10, 100, 1000]);
    const sums = [0, 1, 11, 111, 1111];
    expect(call['sumOf']!(1024, count)).toBe(sums[count]);
  });

  it('adds up the lanes of four vectors at once', () => {
    put([1, 2, 3, 4, 10, 20, 30, 40, 5, 5, 5, 5, -1, 1, -1, 2]);
    call['sumsOf']!(1024, 65_536);
    expect([...new Float32Array(memory.buffer, 65_536, 4)]).toEqual([10, 100, 20, 1]);
  });

  it('finds the largest of four lanes, or NaN', () => {
    for (let at = 0; at < 4; at++) {
      put([-1, -2, -3, -4].with(at, 7));
      expect(call['largestOf']!(1024)).toBe(7);
      put([1, 2, 3, 4].with(at, NaN));
      expect(call['largestOf']!(1024)).toBeNaN();
    }
  });
});
