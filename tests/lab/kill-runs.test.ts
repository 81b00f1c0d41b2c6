import { expect, it } from 'vitest';
import { killRuns } from './kill-runs.ts';

it('runs killed at random moments and resumed leave what an unbroken run leaves', async () => {
  const outcomes = await Array.fromAsync(killRuns(10, 1));
  expect(outcomes.flatMap(({ faults }) => faults)).toEqual([]);
  expect(outcomes).toHaveLength(10);
  expect(Math.max(...outcomes.map(({ resumed }) => resumed))).toBeGreaterThan(0);
});
