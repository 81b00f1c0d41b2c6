import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Preset, Provenance } from '../../src/artifacts/artifact.ts';
import type { Claim } from '../../src/artifacts/claims.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const provenance: Provenance = {
  key: 'b'.repeat(64),
  commit: 'c0ffee',
  dirty: false,
  command: 'npm run lab -- run dice',
  parameters: {},
  seeds: [1, 2],
  inputs: {
    throw: {
      key: 'a'.repeat(64),
      backend: 'cpu',
      adapter: 'hand',
      seconds: 3,
      commit: 'decaf',
      attested: [
        {
          commit: 'facade00',
          at: '2026-01-02T00:00:00Z',
          code: 'c'.repeat(64),
          steps: 700,
          of: 12_000,
          relativeError: 0,
          adapter: 'hand',
        },
      ],
    },
  },
  data: {
    'throws.csv': {
      origin: 'a friend',
      licence: 'CC0-1.0',
      elsewhere: {
        sha256: 'd'.repeat(64),
        command: 'python throw.py',
        environment: 'PyTorch 2.13',
      },
    },
  },
  runtime: { backend: 'cpu', adapter: 'example', software: false, packages: {} },
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 12,
};

const claims: Claim[] = [
  {
    id: 'D1',
    claim: 'Dice do not remember.',
    source: 'letter 2',
    criterion: 'no two throws in a row agree',
    published: null,
    ours: 0.04321,
    verdict: 'holds',
    preset: 'small',
    traces: [{ artifact: 'dice', seeds: [1, 2], command: 'npm run lab -- run dice' }],
  },
  {
    id: 'D2',
    claim: 'Nor do coins.',
    source: 'letter 3',
    criterion: 'as above',
    published: 'one half',
    ours: null,
    verdict: 'not run',
    preset: null,
    traces: [],
  },
];

/** A temporary folder with the example paper's results in it, and what is built of them. */
export interface Example {
  folder: string;
  /** Writes an artifact of the example. */
  place(id: string, data: unknown, preset?: Preset): Promise<void>;
  /** Builds the site. @returns the exit code and what was printed */
  build(environment?: NodeJS.ProcessEnv): Promise<{ code: number; output: string }>;
}

export async function example(): Promise<Example> {
  const folder = await mkdtemp(join(tmpdir(), 'site-'));
  const artifacts = join(folder, 'public', 'artifacts');
  await mkdir(artifacts, { recursive: true });
  return {
    folder,
    place: (id, data, preset = 'small') =>
      writeFile(
        join(artifacts, `${id}.${preset}.json`),
        JSON.stringify({ schema: 1, id, preset, data, provenance }),
      ),
    build: (environment = {}) => run(folder, environment),
  };
}

/** The results that the example paper needs. */
export async function placeAll({ place }: Example): Promise<void> {
  await place('dice', { throws: [3, 6, 1, 4], mean: 3.5 });
  await place('claims', { claims });
}

function run(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  const astro = join(ROOT, 'node_modules', 'astro', 'bin', 'astro.mjs');
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    SITE_CONTENT: join('tests', 'example-paper'),
    SITE_PUBLIC: join(folder, 'public'),
    SITE_OUT: join(folder, 'dist'),
    SITE_STATUS: 'off',
    NODE_ENV: 'production',
    ASTRO_TELEMETRY_DISABLED: '1',
    ...environment,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [astro, 'build'], { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}
