import { Advice, must, npmRun, run, say } from './steps.mjs';

/** The preset that the page shows. */
const PRESET = ['--preset', 'small'];

/** Results that take longer than this are computed when somebody asks for them, not by surprise. */
const PATIENCE_S = 120;

/** @typedef {{ id: string, state: 'fresh' | 'stale' | 'missing', reasons: string[], seconds: number | null }} Row */

/** @returns {Promise<Row[]>} */
async function status() {
  const options = ['run', '--silent', 'lab', '--', 'status', ...PRESET, '--json'];
  const { code, output } = await run('npm', options, { quiet: true });
  if (code !== 0) throw new Advice(`artifacts: npm run lab -- status failed:\n${output}`);
  return /** @type {Row[]} */ (JSON.parse(output.slice(output.indexOf('['))));
}

/** @param {readonly Row[]} rows what their last run took, or undefined if one never ran */
function cost(rows) {
  return rows.reduce(
    (/** @type {number | undefined} */ sum, { seconds }) =>
      sum === undefined || seconds === null ? undefined : sum + seconds,
    0,
  );
}

/** Reuses the committed results where they are fresh, and computes the others if that is quick. */
export async function upToDate() {
  const rows = await status();
  const old = rows.filter(({ state }) => state !== 'fresh');
  const fresh = rows.length - old.length;
  if (fresh > 0) say(`  ${fresh} results are fresh: their keys and hashes match what is committed`);
  const begun = new Set(rows.filter(({ state }) => state !== 'missing').map(experimentOf));
  const untouched = new Set(old.map(experimentOf).filter((name) => !begun.has(name)));
  if (untouched.size > 0) {
    say(`  never run at this preset, and so not on the page: ${[...untouched].join(', ')}`);
  }
  const due = old.filter((row) => !untouched.has(experimentOf(row)));
  if (due.length === 0) return;
  for (const { id, state, reasons } of due) say(`  ${state}: ${id} (${reasons.join('; ')})`);
  await renew(due);
}

/** @param {Row} row */
const named = (row) => experimentOf(row).replace(/\.small$/, '');

/** @param {Row} row */
const experimentOf = ({ id }) => id.slice(0, id.indexOf('/'));

/** @param {readonly Row[]} old */
async function renew(old) {
  const seconds = cost(old);
  if (seconds !== undefined && seconds <= PATIENCE_S) {
    must(
      await npmRun('lab', ['run', ...new Set(old.map(named)), ...PRESET]),
      'artifacts: npm run lab -- run failed, see above',
    );
    return;
  }
  const duration =
    seconds === undefined ? 'up to some hours' : `about ${Math.ceil(seconds / 60)} minutes`;
  const command = `npm run lab -- run ${PRESET.join(' ')}`;
  say(`  The page shows the committed results as they are; ${command} renews them (${duration}).`);
}
