import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { killRuns } from './kill-runs.ts';
import { Repository } from './repository.ts';

it('runs killed at random moments and resumed leave what an unbroken run leaves', async () => {
  const { root } = new Repository();
  const cli = join(resolve(import.meta.dirname, '../..'), 'src/lab/cli.ts');
  const subject = { root, command: [cli, 'run', '--jobs', '2'], env: { DELAY: '20' } };
  const outcomes = await Array.fromAsync(killRuns(subject, 10, 1));
  expect(outcomes.flatMap(({ faults }) => faults)).toEqual([]);
  expect(outcomes).toHaveLength(10);
  expect(outcomes.filter(({ struck }) => struck > 0).length).toBeGreaterThan(7);
  expect(Math.max(...outcomes.map(({ resumed }) => resumed))).toBeGreaterThan(0);
});
