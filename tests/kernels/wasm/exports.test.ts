import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ABSENT, SIGNATURES, named } from '../../../src/kernels/wasm/exports.ts';
import type { Address, WasmExports } from '../../../src/kernels/wasm/exports.ts';
import { loadKernels } from '../../../src/lab/kernels.ts';

const INDEX = resolve('src/kernels/wasm/index.as.ts');

/** What a source declares of an exported function, spaces and line breaks levelled. */
function declared(source: string, name: string): string {
  const found = new RegExp(String.raw`export function ${name}\(([^)]*)\): (\w+)`).exec(source);
  if (!found) throw new Error(`expected a function ${name}, got none`);
  const operands = found[1]!.split(',').map((operand) => operand.trim());
  return `(${operands.filter((operand) => operand !== '').join(', ')}): ${found[2]}`;
}

/** By name, what `index.as.ts` exports, as the AssemblyScript says. */
function declaredSignatures(): Record<string, string> {
  const index = readFileSync(INDEX, 'utf8');
  const lines = [...index.matchAll(/export \{([^}]*)\} from '([^']*)'/g)];
  return Object.fromEntries(
    lines.flatMap(([, names, from]) => {
      const source = readFileSync(join(dirname(INDEX), `${from}.ts`), 'utf8');
      return names!.split(',').map((name) => [name.trim(), declared(source, name.trim())]);
    }),
  );
}

describe('the exports of the WebAssembly kernels', () => {
  let raw: WebAssembly.Exports;
  beforeAll(async () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(await loadKernels('simd'), {
      env: { memory },
    });
    raw = instance.exports;
  });

  it('are typed as the AssemblyScript declares them, operand by operand', () => {
    expect(SIGNATURES).toEqual(declaredSignatures());
  });

  it('are those of the compiled module, with as many operands', () => {
    for (const [name, signature] of Object.entries(SIGNATURES)) {
      const operands = signature.split(': ').length - 2;
      expect((raw[name] as (() => void) | undefined)?.length, name).toBe(operands);
    }
  });

  it('receive each operand at the place that its name has, whatever the order of writing', () => {
    const received: unknown[][] = [];
    const spy = (...operands: unknown[]) => received.push(operands);
    const kernels = named(Object.fromEntries(Object.keys(SIGNATURES).map((name) => [name, spy])));
    const at = (value: number) => value as Address;
    kernels.copyColumns({ size: 6, rows: 5, toRow: 4, to: at(3), fromRow: 2, from: at(1) });
    kernels.squaredReluForward({ n: 9, x: at(7), out: at(8) });
    kernels.gemm({
      scratch: at(10),
      transposeB: false,
      transposeA: true,
      bias: ABSENT,
      c: at(3),
      b: at(2),
      a: at(1),
      K: 7,
      N: 6,
      M: 5,
    });
    kernels.prepare();
    expect(received).toEqual([
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9],
      [1, 2, 3, 0, 5, 6, 7, true, false, 10],
      [],
    ]);
  });

  it('hand results back', () => {
    const { gemmScratch, convScratch } = named(raw);
    expect(convScratch({ D: 5, K: 3 })).toBe(60);
    expect(gemmScratch({ N: 8, K: 4 })).toBeGreaterThan(4 * 8 * 4);
  });

  it('refuse swapped, missing, misspelt and mistaken operands in the type checker', () => {
    const at = 16 as Address;
    const wrong = (kernels: WasmExports): void => {
      // @ts-expect-error an address is no count
      kernels.squaredReluForward({ x: at, out: 5, n: 5 });
      // @ts-expect-error a number is no address
      kernels.squaredReluForward({ x: 16, out: at, n: 5 });
      // @ts-expect-error n is missing
      kernels.squaredReluForward({ x: at, out: at });
      // @ts-expect-error there is no y
      kernels.squaredReluForward({ x: at, out: at, n: 5, y: at });
      // @ts-expect-error a flag is no count
      kernels.gemm({ ...gemm, transposeA: 1 });
      // @ts-expect-error operands go by name
      kernels.squaredReluForward(at, at, 5);
      // @ts-expect-error a size of scratch is no address
      kernels.gemm({ ...gemm, scratch: kernels.gemmScratch({ N: 1, K: 1 }) });
    };
    const sizes = { M: 1, N: 1, K: 1 };
    const gemm = { ...sizes, a: at, b: at, c: at, bias: at, transposeA: false, transposeB: true };
    expect(typeof wrong).toBe('function');
  });
});
