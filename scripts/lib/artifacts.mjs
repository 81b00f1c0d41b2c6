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
  if (old.length === 0) {
    say(`  ${rows.length} results are fresh: their keys and hashes match what is committed`);
    return;
  }
  for (const { id, state, reasons } of old) say(`  ${state}: ${id} (${reasons.join('; ')})`);
  const seconds = cost(old);
  if (seconds !== undefined && seconds <= PATIENCE_S) {
    must(
      await npmRun('lab', ['run', ...PRESET]),
      'artifacts: npm run lab -- run failed, see above',
    );
    return;
  }
  const duration =
    seconds === undefined ? 'up to some hours' : `about ${Math.ceil(seconds / 60)} minutes`;
  const command = `npm run lab -- run ${PRESET.join(' ')}`;
  const absent = old.find(({ id, state }) => id.endsWith('/artifact') && state === 'missing');
  if (absent) {
    throw new Advice(
      `artifacts: expected committed results of ${absent.id}, found none; ${command} computes them (${duration})`,
    );
  }
  say(`  The page shows the committed results as they are; ${command} renews them (${duration}).`);
}
