import { expect, it } from 'vitest';
import { MARGIN, readSpread, recordSpread, toleranceOf } from '../../src/lab/spread.ts';
import type { Row } from '../../src/lab/spread.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { Repository } from './repository.ts';

const TABLE = 'experiments/reference/device-spread.json';

const enter = (
  repository: Repository,
  backend: 'wasm' | 'webgpu',
  errors: number[],
  examples?: number,
): Promise<Row[]> =>
  recordSpread(
    openWorkspace(repository.root),
    {
      artifact: 'counting.small',
      key: 'a'.repeat(12),
      backend,
      adapter: 'some',
      software: backend === 'webgpu',
      ...(examples !== undefined && { examples }),
    },
    errors.map((relativeError, i) => ({ name: `curve ${i}`, relativeError })),
  );

it('the table of devices has one row an artifact and device: the latest, with its worst curve', async () => {
  const repository = new Repository();
  await enter(repository, 'webgpu', [0.5]);
  await enter(repository, 'wasm', [1e-7, 3e-7, 2e-7]);
  await enter(repository, 'webgpu', [1.26e-5, 1e-6], 10);
  expect(await readSpread(openWorkspace(repository.root))).toMatchObject([
    { backend: 'wasm', software: false, comparisons: 3, worst: 'curve 1', relativeError: 3e-7 },
    { backend: 'webgpu', software: true, examples: 10, worst: 'curve 0', relativeError: 1.3e-5 },
  ]);
  expect(repository.read(TABLE).split('\n')).toHaveLength(2 + 2 + 1);
});

it('a worse device widens the tolerance of all', async () => {
  const repository = new Repository();
  expect(toleranceOf(await enter(repository, 'wasm', [1e-7, 2e-7]))).toBeCloseTo(MARGIN * 2e-7, 12);
  expect(toleranceOf(await enter(repository, 'webgpu', [1e-5]))).toBeCloseTo(MARGIN * 1e-5, 12);
  expect(toleranceOf([])).toBe(0);
});

/** Makes results, and evaluates them so that the total is off by about one part in 100,000. */
async function altered(): Promise<Repository> {
  const repository = new Repository();
  await repository.lab(['run']);
  repository.edit(
    'experiments/counting.ts',
    'total / data.total - 1',
    'total / data.total - 1.00001',
  );
  return repository;
}

it('verify fails by an evaluation that is further off than the table allows, and says how far', async () => {
  const repository = await altered();
  await enter(repository, 'wasm', [1e-7]);
  const beyond = await repository.lab(['verify', '--backend', 'cpu']);
  expect(beyond.output).toMatch(/counting\.small on cpu, plain JavaScript; tolerance 1\.0e-6/);
  expect(beyond.output).toMatch(/FAIL +total: off by 1\.0e-5, 10 times the tolerance/);
  expect(beyond.code).toBe(1);
  await enter(repository, 'webgpu', [2e-6]);
  const within = await repository.lab(['verify', '--backend', 'cpu']);
  expect(within.output).toMatch(/ok +total: off by 1\.0e-5/);
  expect(within.code).toBe(0);
});

it('verify --record says what the entered row makes of the tolerance, and still fails', async () => {
  const repository = await altered();
  await enter(repository, 'wasm', [1e-7]);
  const { code, output } = await repository.lab(['verify', '--backend', 'cpu', '--record']);
  expect(output).toContain('the tolerance is now 1.0e-4');
  expect(code).toBe(1);
  const rows = await readSpread(openWorkspace(repository.root));
  expect(rows).toMatchObject([{ backend: 'cpu', relativeError: 1e-5 }, { backend: 'wasm' }]);
});

it('verify refuses weights that are not those of the artifact, be they off by a bit', async () => {
  const repository = new Repository();
  await repository.lab(['run']);
  await enter(repository, 'wasm', [1]);
  const path = 'public/weights/counting.small/2.bin';
  repository.write(path, ` ${repository.read(path)}`);
  const { code, output } = await repository.lab(['verify', '--backend', 'cpu']);
  expect(output).toMatch(
    /weights\/counting\.small\/2\.bin: expected what the artifact was made of/,
  );
  expect(code).toBe(1);
});

it('a table that cannot be read is an error, not a tolerance', async () => {
  const repository = await altered();
  repository.write(TABLE, '[{"artifact": 1}]');
  const { code, output } = await repository.lab(['verify', '--backend', 'cpu']);
  expect(output).toMatch(/device-spread\.json: expected a table of devices, got[^]*restore it/);
  expect(code).toBe(1);
});
