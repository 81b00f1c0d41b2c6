import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGradients, holds, worstOf } from '../../src/lab/parity/compare.ts';
import { relativeError } from '../../src/numerics/relative-error.ts';
import { Repository } from './repository.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');

interface Line {
  case: string;
  kind: string;
  backend: string;
  worst: { tensor: string; relativeError: number | null } | null;
  ok: boolean;
}
const linesOf = (output: string): Line[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

describe('relativeError', () => {
  it('is the largest difference over the largest golden value', () => {
    expect(relativeError([1, -4.5], [1, -4])).toBeCloseTo(0.125, 12);
    expect(relativeError([0, 0], [0, 0])).toBe(0);
  });

  it.each([
    ['a NaN of ours', [Number.NaN, 1], [1, 1]],
    ['a golden NaN', [1, 1], [Number.NaN, 1]],
    ['infinities of one sign', [Infinity], [Infinity]],
    ['another size', [1], [1, 1]],
    ['anything but zero for zero', [1e-30], [0]],
  ])('never holds with %s', (_, ours, golden) => {
    const check = { tensor: 't', relativeError: relativeError(ours, golden), tolerance: 1e-3 };
    expect(holds(check)).toBe(false);
  });
});

describe('checkGradients', () => {
  it('takes a gradient below 1e-6 of the largest as zero, which ours must be too', () => {
    const golden = { large: [2], none: [1e-9] };
    expect(checkGradients({ large: [2], none: [-1e-8] }, golden).every(holds)).toBe(true);
    expect(checkGradients({ large: [2], none: [1e-3] }, golden).map(holds)).toEqual([true, false]);
  });

  it('fails for a gradient that is missing', () => {
    expect(checkGradients({}, { w: [1, 2] }).map(holds)).toEqual([false]);
  });
});

describe('worstOf', () => {
  it('puts NaN before every number, and compares by tolerance', () => {
    const check = (tensor: string, relativeError: number, tolerance: number) => ({
      tensor,
      relativeError,
      tolerance,
    });
    const [fine, loose, nan] = [check('a', 5e-4, 1e-3), check('b', 1e-4, 1e-5), check('c', NaN, 1)];
    expect(worstOf([fine, loose]).tensor).toBe('b');
    expect(worstOf([fine, loose, nan]).tensor).toBe('c');
  });
});

describe('lab parity', () => {
  it.each(['wasm', 'webgpu'])('holds for every golden case on %s', async (backend) => {
    const folders = ['language', 'selective-scan', 'regression'];
    const paths = folders.map((folder) => join(FIXTURES, folder));
    const { code, output } = await new Repository().lab(['parity', ...paths, '--backend', backend]);
    const lines = linesOf(output);
    expect(lines.filter(({ ok }) => !ok)).toEqual([]);
    expect(lines).toHaveLength(13);
    expect(lines.every((line) => line.backend === backend)).toBe(true);
    expect(code).toBe(0);
  });

  it('fails for wrong golden values and for a kind it does not know, and checks the rest', async () => {
    const repository = new Repository();
    cpSync(join(FIXTURES, 'selective-scan/1'), repository.path('cases/scan/right'), {
      recursive: true,
    });
    cpSync(join(FIXTURES, 'selective-scan/1'), repository.path('cases/scan/wrong'), {
      recursive: true,
    });
    repository.edit(
      'cases/scan/wrong/config.json',
      '"delta_softplus": true',
      '"delta_softplus": false',
    );
    repository.write('cases/other/0/config.json', '{}');
    const { code, output } = await repository.lab(['parity', 'cases', '--backend', 'wasm']);
    expect(linesOf(output).map((line) => [line.case, line.kind, line.ok])).toEqual([
      ['other/0', 'unknown', false],
      ['scan/right', 'selective-scan', true],
      ['scan/wrong', 'selective-scan', false],
    ]);
    expect(output).toMatch(/expected a selective-scan, regression or language case/);
    expect(code).toBe(1);
    expect(existsSync(repository.path('.lab'))).toBe(false);
  });

  it('fails a case that cannot be read, by name, and checks the rest', async () => {
    const repository = new Repository();
    const scan = join(FIXTURES, 'selective-scan/1');
    for (const name of ['a-right', 'tensors'])
      cpSync(scan, repository.path(`cases/scan/${name}`), { recursive: true });
    repository.write('cases/scan/tensors/case.safetensors', 'garbage');
    repository.write('cases/scan/cut/config.json', '{"op": "selective');
    repository.write('cases/scan/number/config.json', '3');
    repository.write('cases/scan/kind/config.json', '{"op": 1}');
    mkdirSync(repository.path('cases/scan/fifo'));
    execFileSync('mkfifo', [repository.path('cases/scan/fifo/config.json')]);
    const { code, output } = await repository.lab(['parity', 'cases', '--backend', 'wasm']);
    expect(linesOf(output).map((line) => [line.case, line.ok])).toEqual([
      ['scan/a-right', true],
      ['scan/cut', false],
      ['scan/fifo', false],
      ['scan/kind', false],
      ['scan/number', false],
      ['scan/tensors', false],
    ]);
    for (const name of ['cut', 'number', 'kind', 'fifo'])
      expect(output).toMatch(new RegExp(`scan/${name}/config\\.json: expected `));
    expect(output).toMatch(/scan\/tensors\/case\.safetensors: safetensors: expected/);
    expect(code).toBe(1);
  });

  it('fails where there is no case', async () => {
    const { code, output } = await new Repository().lab(['parity', 'src']);
    expect(output).toMatch(/expected golden cases in src, got none/);
    expect(code).toBe(1);
  });
});
