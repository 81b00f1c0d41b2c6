import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playwrightTotals, vitestTotals } from '../../scripts/lib/totals.mjs';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'totals-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const report = (content: object): string => {
  const path = join(folder, 'report.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
};

test('a test file that does not load is a failure', () => {
  const path = report({
    numPassedTests: 4,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 0,
    testResults: [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{}] },
      { status: 'passed', assertionResults: [{}] },
    ],
  });
  expect(vitestTotals(path)).toEqual({ passed: 4, failed: 2, skipped: 2 });
});

test('flaky browser tests and errors outside of tests are failures', () => {
  const path = report({
    stats: { expected: 7, unexpected: 1, flaky: 1, skipped: 3 },
    errors: [{ message: 'the server did not start' }],
  });
  expect(playwrightTotals(path)).toEqual({ passed: 7, failed: 3, skipped: 3 });
});

test('a run without a report has no totals', () => {
  expect(vitestTotals(join(folder, 'none.json'))).toBeUndefined();
  expect(playwrightTotals(join(folder, 'none.json'))).toBeUndefined();
});
