import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';

const FUZZ = resolve(import.meta.dirname, '../fuzz.ts');
const MOST_MEBIBYTES = 1024;
/** A reader that hangs would end no test; none takes a hundredth of it. */
const PATIENCE = 600_000;

it.each([
  'safetensors',
  'checkpoints',
  'training state',
  'artifacts',
  'archives',
  'table of devices',
  'record of a bundle',
])('200 damaged %s are read, or refused by name, in bounded memory', (reader) => {
  const args = ['--max-old-space-size=512', FUZZ, '--count', '200', reader];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: PATIENCE,
  });
  expect(stdout + stderr).toMatch(
    new RegExp(`^${reader}: 200 files, 0 faults; at most \\d+ MiB\n$`),
  );
  expect(status).toBe(0);
  const [, mebibytes] = /at most (\d+) MiB/.exec(stdout) ?? [];
  expect(Number(mebibytes)).toBeLessThan(MOST_MEBIBYTES);
});
