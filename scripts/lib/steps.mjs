// These scripts start in a fresh clone, under whatever Node is there: built-in modules only.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { env, platform, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The folder of the clone. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** An error that says what to do; shown without a stack. */
export class Advice extends Error {}

/** @param {string} text */
export const say = (text) => stdout.write(`${text}\n`);

/**
 * Runs a command in the clone's folder with this process's output and passes signals on to it.
 * @param {string} command
 * @param {readonly string[]} [options]
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean, timeout?: number }} [settings] `quiet` keeps
 *   the output back; `timeout` in milliseconds
 * @returns {Promise<{ code: number, output: string }>} 128 + number for a signal that was passed on,
 *   127 for a command that is not there
 */
export function run(command, options = [], settings = {}) {
  const { quiet = false, timeout } = settings;
  return new Promise((resolve) => {
    const child = spawn(command, options, {
      cwd: ROOT,
      env: { ASTRO_TELEMETRY_DISABLED: '1', ...env, ...settings.env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      shell: platform === 'win32',
      detached: platform !== 'win32',
      timeout,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => (output += String(data)));
    }
    const signals = passSignals(child);
    child.on('error', (error) => {
      signals.release();
      resolve({ code: 127, output: error.message });
    });
    child.on('close', (code) => {
      signals.release();
      resolve({ code: signals.passed ?? code ?? 1, output });
    });
  });
}

/** Signals that end a program, with the exit code that says so. */
const SIGNALS = /** @type {const} */ ({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 });

/**
 * Passes signals on to a child's whole group: npm and the shells in between do not.
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  const names = /** @type {(keyof typeof SIGNALS)[]} */ (Object.keys(SIGNALS));
  const state = {
    /** @type {number | undefined} exit code of the last signal that came */
    passed: undefined,
    release: () => names.forEach((name) => process.off(name, pass)),
  };
  /** @param {keyof typeof SIGNALS} name */
  function pass(name) {
    state.passed = SIGNALS[name];
    if (child.pid === undefined || platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  }
  names.forEach((name) => process.on(name, pass));
  return state;
}

/** @param {number} code of `run` */
export const interrupted = (code) => code >= 129 && code <= 143;

/** Ends this program when the one that started it is gone, though no signal came through. */
function endWithParent() {
  const parent = process.ppid;
  const look = () => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  };
  setInterval(look, 1000).unref();
}

/**
 * Runs an npm script of this repository.
 * @param {string} script
 * @param {readonly string[]} [options]
 * @param {NodeJS.ProcessEnv} [environment]
 */
export function npmRun(script, options = [], environment = {}) {
  return run('npm', ['run', '--silent', script, ...(options.length ? ['--', ...options] : [])], {
    env: environment,
  });
}

/**
 * Announces a step and runs it; a failing step ends the program.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function step(title, action) {
  say(`\n▸ ${title}`);
  const start = Date.now();
  const result = await action();
  say(`  ${title}: done in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/**
 * @param {{ code: number }} result of `run`
 * @param {string} advice what failed and what to do
 */
export function must(result, advice) {
  if (interrupted(result.code)) process.exit(result.code);
  if (result.code !== 0) throw new Advice(`${advice} (exit code ${result.code})`);
}

/**
 * Runs a program's main function; an Advice ends it with one line and exit code 1.
 * @param {() => Promise<number | void>} main returns the exit code
 */
export async function program(main) {
  endWithParent();
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof Advice)) throw error;
    stderr.write(`\n✗ ${error.message}\n`);
    process.exitCode = 1;
  }
}
