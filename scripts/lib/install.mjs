import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, version } from 'node:process';
import { Advice, ROOT, must, run, say } from './steps.mjs';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> }} Lock */

/** @param {string} path @returns {Lock} */
const readLock = (path) => /** @type {Lock} */ (JSON.parse(readFileSync(join(ROOT, path), 'utf8')));

/** What of the lock file is not installed: empty when `npm ci` would change nothing. */
function missing() {
  if (!existsSync(join(ROOT, 'node_modules', '.package-lock.json'))) return ['node_modules'];
  const installed = readLock('node_modules/.package-lock.json').packages;
  const wanted = readLock('package-lock.json').packages;
  const stale = Object.entries(wanted)
    .filter(([path, entry]) => {
      const found = installed[path];
      if (path === '') return false;
      return found ? found.version !== entry.version : !(entry.optional || entry.devOptional);
    })
    .map(([path]) => path);
  const extra = Object.keys(installed).filter((path) => !(path in wanted));
  return [...stale, ...extra];
}

/** The pinned Node, through its name on the PATH of npm scripts. */
const pinnedNode = () =>
  run(join(ROOT, 'node_modules', '.bin', 'node'), ['--version'], { quiet: true });

/** Installs exactly what package-lock.json pins, unless it is there already. */
export async function install() {
  if (Number.parseInt(version.slice(1), 10) < 20) {
    throw new Advice(`node: expected version 20 or newer, got ${version}; install a newer Node.js`);
  }
  const stale = missing();
  if (stale.length === 0 && (await pinnedNode()).code === 0) {
    say('  node_modules holds what package-lock.json pins');
    return;
  }
  const why = stale.slice(0, 3).join(', ');
  say(
    `  npm ci, because of ${why === '' ? 'a missing pinned Node' : why}${stale.length > 3 ? ', …' : ''}`,
  );
  // npm replaces node_modules, so it must not run on the Node in there.
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(ROOT));
  must(
    await run(
      'npm',
      ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        env: { PATH: path.join(delimiter) },
      },
    ),
    'install: npm ci failed; see its message above: most often the network or a proxy setting',
  );
  const node = await pinnedNode();
  if (node.code !== 0) {
    throw new Advice(
      'install: expected the npm package `node` to bring its program, got none; ' +
        'allow its install script (npm config set ignore-scripts false), delete node_modules and run again',
    );
  }
}
