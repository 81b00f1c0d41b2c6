import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { READERS } from '../fuzz/readers.ts';

// Five thousand of each: node tests/fuzz.ts
it('200 damaged files for each reader are read, or refused by name, in bounded time and memory', () => {
  const args = [resolve(import.meta.dirname, '../fuzz.ts'), '--count', '200'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const lines = Object.keys(READERS).map(
    (name) => `${name}: 200 files, \\d+ refused, 0 faults; at most \\d+ MiB, \\d+ ms a file\n`,
  );
  expect(stdout + stderr).toMatch(new RegExp(`^${lines.join('')}$`));
  expect(status).toBe(0);
});
