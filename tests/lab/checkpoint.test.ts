import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { checkpointsPath, openCheckpoint } from '../../src/lab/checkpoint.ts';
import { openWorkspace } from '../../src/lab/workspace.ts';
import { Repository } from './repository.ts';

const KEY = 'a'.repeat(64);
const STATE = {
  bytes: new TextEncoder().encode('state'),
  seconds: 12.5,
  startedAt: '2026-01-01T00:00:00.000Z',
};

function opened() {
  const repository = new Repository();
  const workspace = openWorkspace(repository.root);
  const warnings: string[] = [];
  const checkpoint = openCheckpoint(workspace, KEY, (message) => warnings.push(message));
  return { repository, workspace, checkpoint, warnings };
}

it('a checkpoint comes back as it was saved', async () => {
  const { checkpoint, warnings } = opened();
  await checkpoint.save(STATE);
  const saved = await checkpoint.load();
  expect({ ...saved, bytes: String(saved?.bytes) }).toEqual({ ...STATE, bytes: 'state' });
  expect(warnings).toEqual([]);
});

it.each([
  ['its seconds', '12.5', '99.5'],
  ['its start', '2026-01-01', '2025-01-01'],
  ['its state', 'state', 'stale'],
])('a checkpoint in which %s were changed is reported and not used', async (_, from, to) => {
  const { repository, checkpoint, warnings } = opened();
  await checkpoint.save(STATE);
  repository.edit(`.lab/checkpoints/${KEY}`, from, to);
  expect(await checkpoint.load()).toBeUndefined();
  expect(warnings.join()).toMatch(/checkpoint: expected .*aaaa to match its hash, got other bytes/);
});

it.each([-1, Number.NaN, Infinity, 3.3e9])(
  'a checkpoint made after %s seconds is refused',
  async (s) => {
    const { checkpoint } = opened();
    await expect(checkpoint.save({ ...STATE, seconds: s })).rejects.toThrow(/seconds/);
  },
);

it('a save that fails is reported and tried again, and succeeds when there is room', async () => {
  const { repository, workspace, checkpoint, warnings } = opened();
  repository.write('.lab/checkpoints', 'a file where the folder belongs');
  const saving = checkpoint.save(STATE);
  await vi.waitFor(() => expect(warnings).toHaveLength(1));
  expect(warnings[0]).toMatch(
    /not saved, .*expected to write it, got (EEXIST|ENOTDIR); .*trying again in 1 s/,
  );
  await rm(checkpointsPath(workspace));
  await mkdir(checkpointsPath(workspace));
  await saving;
  expect(globSync(repository.path('.lab/checkpoints/*'))).toHaveLength(1);
});

it('a save that keeps failing is an error with the path, and the checkpoint before it stays', async () => {
  const { repository, checkpoint, warnings } = opened();
  await checkpoint.save(STATE);
  const [path = ''] = globSync(repository.path('.lab/checkpoints/*'));
  const before = readFileSync(path);
  const broken = { ...STATE, bytes: { length: 1 } as unknown as Uint8Array };
  await expect(checkpoint.save(broken)).rejects.toThrow(/argument/);
  expect(readFileSync(path)).toEqual(before);
  writeFileSync(path, before.subarray(0, 20));
  expect(await checkpoint.load()).toBeUndefined();
  expect(warnings.at(-1)).toContain(path);
});
