import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { env, getuid, platform } from 'node:process';
import { Advice, run, say } from './steps.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A browser that is there and starts. */
async function findInstalled() {
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  for (const path of [...onPath, ...PLACES]) {
    if (existsSync(path) && (await starts(path))) return path;
  }
  return undefined;
}

/** @param {string} path */
async function starts(path) {
  const { code, output } = await run(path, ['--version'], { quiet: true, timeout: 30_000 });
  return code === 0 && /chrom/i.test(output);
}

/** Where Playwright keeps the Chromium it downloads, whether or not it is there. */
async function playwrightPath() {
  const script = "console.log(require('@playwright/test').chromium.executablePath())";
  const { code, output } = await run('node', ['-e', script], { quiet: true });
  return code === 0 ? output.trim() : '';
}

/** @returns {Promise<string | undefined>} */
async function download() {
  say('  no Chromium here: Playwright downloads its own');
  const options = ['playwright', 'install', 'chromium'];
  const { code } = await run('npx', options, { timeout: 600_000 });
  const path = await playwrightPath();
  return code === 0 && (await starts(path)) ? path : undefined;
}

/** @returns {Promise<string | undefined>} */
async function installPackage() {
  if (platform !== 'linux' || getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  say('  no Chromium yet: apt-get installs it');
  const environment = { env: { DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update', '-q'], environment);
  await run('apt-get', ['install', '-y', '-q', 'chromium'], environment);
  return findInstalled();
}

/**
 * The Chromium that browser tests run in, installed if need be.
 * @returns {Promise<string>} its path
 */
export async function chromium() {
  const asked = env.CHROMIUM_PATH;
  if (asked !== undefined && asked !== '') {
    if (await starts(asked)) return asked;
    throw new Advice(
      `CHROMIUM_PATH: expected a Chromium that starts, got ${asked}; correct or unset it`,
    );
  }
  const own = await playwrightPath();
  const found =
    (await findInstalled()) ??
    (existsSync(own) && (await starts(own)) ? own : undefined) ??
    (await download()) ??
    (await installPackage());
  if (found !== undefined) return found;
  throw new Advice(
    'browser: expected a Chromium, found none and could install none; ' +
      'install chromium with your package manager, or set CHROMIUM_PATH to one',
  );
}

/**
 * Environment under which Dawn finds a Vulkan loader: the system's, else the one beside Chromium.
 * @param {string} browser path of a Chromium
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function vulkanLoader(browser) {
  if (platform !== 'linux') return {};
  const { output } = await run('/sbin/ldconfig', ['-p'], { quiet: true });
  if (output.includes('libvulkan.so.1')) return {};
  const folders = [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
    dirname(browser),
  ];
  const folder = folders.find((place) => existsSync(join(place, 'libvulkan.so.1')));
  if (folder === undefined) {
    throw new Advice(
      'webgpu: expected a Vulkan loader (libvulkan.so.1) for the WebGPU tests, found none; ' +
        'install libvulkan1 (Debian, Ubuntu) or vulkan-loader',
    );
  }
  return { LD_LIBRARY_PATH: [folder, env.LD_LIBRARY_PATH ?? ''].filter(Boolean).join(delimiter) };
}
