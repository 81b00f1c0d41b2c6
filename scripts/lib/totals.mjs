import { existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Totals
 * @typedef {{ status: string, assertionResults: unknown[] }} VitestFile
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number,
 *   numTodoTests: number, testResults: VitestFile[] }} VitestReport
 * @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number },
 *   errors: unknown[] }} PlaywrightReport
 */

/** @param {string} path @returns {unknown} */
const readJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);

/**
 * Totals of a Vitest JSON report; a file that does not load counts as one failure.
 * @param {string} path
 * @returns {Totals | undefined} undefined without a report
 */
export function vitestTotals(path) {
  const report = /** @type {VitestReport | undefined} */ (readJson(path));
  if (report === undefined) return undefined;
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Totals of a Playwright JSON report; a flaky test counts as failed.
 * @param {string} path
 * @returns {Totals | undefined} undefined without a report
 */
export function playwrightTotals(path) {
  const report = /** @type {PlaywrightReport | undefined} */ (readJson(path));
  if (report === undefined) return undefined;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped };
}
