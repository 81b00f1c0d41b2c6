import { expect, it } from 'vitest';
import { recordSpread } from '../../src/lab/spread.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { Repository } from './repository.ts';

it('the table of devices has one row an artifact and device: the latest, with its worst curve', async () => {
  const repository = new Repository();
  const workspace = openWorkspace(repository.root);
  const enter = (backend: string, errors: number[]): Promise<string> =>
    recordSpread(
      workspace,
      { backend, adapter: 'some', software: backend === 'webgpu' },
      { artifact: 'counting.small', key: 'a'.repeat(64) },
      errors.map((relativeError, i) => ({ name: `curve ${i}`, relativeError, tolerance: 1 })),
    );
  await enter('webgpu', [0.5]);
  await enter('wasm', [1e-7, 3e-7, 2e-7]);
  await enter('webgpu', [1e-5, 1e-6]);
  const rows = JSON.parse(repository.read('experiments/reference/device-spread.json')) as unknown;
  expect(rows).toMatchObject([
    { backend: 'wasm', software: false, comparisons: 3, worst: 'curve 1', relativeError: 3e-7 },
    { backend: 'webgpu', software: true, comparisons: 2, worst: 'curve 0', relativeError: 1e-5 },
  ]);
});
