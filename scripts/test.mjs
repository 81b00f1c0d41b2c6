// npm test: installs what the tests need, then runs every check and every test.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, vulkanLoader } from './lib/chromium.mjs';
import { install } from './lib/install.mjs';
import { ROOT, interrupted, npmRun, program, say, step } from './lib/steps.mjs';
import { playwrightTotals, vitestTotals } from './lib/totals.mjs';

const REPORTS = join(ROOT, 'test-results');
const UNIT = join(REPORTS, 'unit.json');
const BROWSER = join(REPORTS, 'browser.json');

/** A runner that ends without a report counts as one failed test. */
const NO_REPORT = { passed: 0, failed: 1, skipped: 0 };

/**
 * @param {string} title
 * @param {() => Promise<{ code: number }>} action
 * @param {string[]} failures collects the titles of steps that fail
 */
async function attempt(title, action, failures) {
  const { code } = await step(title, action);
  if (interrupted(code)) process.exit(code);
  if (code !== 0) failures.push(title);
  return code === 0;
}

/** @param {NodeJS.ProcessEnv} environment */
const unitTests = (environment) =>
  npmRun(
    'test:unit',
    ['--reporter=default', '--reporter=json', `--outputFile.json=${UNIT}`],
    environment,
  );

/** @param {NodeJS.ProcessEnv} environment */
const browserTests = (environment) =>
  npmRun('test:browser', ['--reporter=list,json'], {
    ...environment,
    PLAYWRIGHT_JSON_OUTPUT_FILE: BROWSER,
  });

await program(async () => {
  /** @type {string[]} */
  const failures = [];
  await step('install', install);
  const environment = await step('find a Chromium and a Vulkan loader', async () => {
    const browser = await chromium();
    say(`  ${browser}`);
    return { CHROMIUM_PATH: browser, ...(await vulkanLoader(browser)) };
  });
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  await attempt('check', () => npmRun('check'), failures);
  await attempt('unit tests', () => unitTests(environment), failures);
  const built = await attempt('build the site', () => npmRun('build'), failures);
  if (built) await attempt('browser tests', () => browserTests(environment), failures);
  const totals = [vitestTotals(UNIT) ?? NO_REPORT, playwrightTotals(BROWSER) ?? NO_REPORT];
  /** @param {'passed' | 'failed' | 'skipped'} kind */
  const sum = (kind) => totals.reduce((total, one) => total + one[kind], 0);
  if (failures.length > 0) say(`\n✗ failed: ${failures.join(', ')}; the messages are above`);
  const skipped = sum('skipped');
  say(
    `\ntests: ${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
  return failures.length === 0 && sum('failed') === 0 ? 0 : 1;
});
