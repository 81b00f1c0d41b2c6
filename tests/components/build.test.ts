import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Provenance } from '../../src/artifacts/artifact.ts';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import { crateFaults } from '../lab/crate-faults.ts';
import { exampleData, exampleInputs } from './example-data.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ID = 'skewed-linear-regression';

const provenance: Provenance = {
  key: 'b'.repeat(64),
  commit: 'c0ffee',
  dirty: false,
  command: 'npm run lab -- run example',
  parameters: {},
  seeds: [1, 2],
  inputs: exampleInputs,
  runtime: { backend: 'cpu', adapter: 'example', software: false, packages: {} },
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 12,
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'site-'));
  await mkdir(join(folder, 'public', 'artifacts'), { recursive: true });
});

afterEach(() => rm(folder, { recursive: true }));

const place = (data: Partial<LearningCurves>): Promise<void> =>
  writeFile(
    join(folder, 'public', 'artifacts', `${ID}.small.json`),
    JSON.stringify({ schema: 1, id: ID, preset: 'small', data, provenance }),
  );

/** Builds the site on the folder's artifacts. @returns the exit code and what was printed */
function build(base = '/'): Promise<{ code: number; output: string }> {
  const astro = join(ROOT, 'node_modules', 'astro', 'bin', 'astro.mjs');
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    SITE_BASE: base,
    SITE_PUBLIC: join(folder, 'public'),
    SITE_OUT: join(folder, 'dist'),
    SITE_PRESET: 'small',
    NODE_ENV: 'production',
    ASTRO_TELEMETRY_DISABLED: '1',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [astro, 'build'], { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}

test('a missing artifact fails the build and names the figure', async () => {
  const { code, output } = await build();
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /figure skewed-linear-regression: expected the file .*small\.json, got none/,
  );
});

test('an invalid artifact fails the build and names what is wrong', async () => {
  await place({ ...exampleData, prompts: 'many' as unknown as number });
  const { code, output } = await build();
  expect(code).not.toBe(0);
  expect(output).toMatch(/skewed-linear-regression.*small\.json/);
  expect(output).toContain('data.prompts');
});

test('under a base path every address of the page begins with it', async () => {
  await place(exampleData);
  const { code, output } = await build('/papers/mamba/');
  expect(code === 0 ? '' : output).toBe('');
  const html = await readFile(join(folder, 'dist', 'index.html'), 'utf8');
  const addresses = [...html.matchAll(/(?:href|src|data-artifact)="(\/[^"]*)"/g)].map((m) => m[1]);
  expect(addresses.length).toBeGreaterThan(5);
  for (const address of addresses) expect(address).toMatch(/^\/papers\/mamba\//);
  const crate = unzipSync(await readFile(join(folder, 'dist', 'crate.zip')));
  expect(crateFaults(crate)).toEqual([]);
  expect(Object.keys(crate)).toContain(`artifacts/${ID}.small.json`);
});
