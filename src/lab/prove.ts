import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { BackendName } from '../runtime/runtime.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/** Golden cases that every implementation has to pass. */
export const GOLDEN = join(PROJECT, 'tests', 'fixtures');

const report = z.object({
  success: z.boolean(),
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/**
 * Runs the tests of kernels and models on one backend.
 * @returns how many passed
 * @throws Error naming those that failed, or where tests cannot run, as in a bundle
 */
export async function passKernelTests(backend: BackendName): Promise<number> {
  const runner = join(PROJECT, 'node_modules', 'vitest', 'vitest.mjs');
  if (!existsSync(runner))
    throw new Error('parity: expected the tests beside the code, got none; record in a checkout');
  const file = join(tmpdir(), `kernel-tests-${process.pid}.json`);
  // One at a time: Dawn ends badly now and then where several processes end together.
  const options = [
    '--maxWorkers=1',
    'run',
    'tests/kernels',
    'tests/models',
    '--reporter=json',
    `--outputFile=${file}`,
  ];
  const env = { ...process.env, KERNEL_BACKENDS: backend };
  try {
    await promisify(execFile)(process.execPath, [runner, ...options], {
      cwd: PROJECT,
      env,
      maxBuffer: 2 ** 28,
    }).catch((error: unknown) => {
      if (!existsSync(file)) throw error;
    });
    const { success, numPassedTests, testResults } = report.parse(
      JSON.parse(await readFile(file, 'utf8')),
    );
    if (success && numPassedTests > 0) return numPassedTests;
    const failed = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed');
    const names = failed.slice(0, 5).map(({ fullName }) => `\n  ${fullName}`);
    throw new Error(
      `parity: expected the kernels' tests to pass on ${backend}, got ${failed.length} failures:${names.join('')}`,
    );
  } finally {
    await rm(file, { force: true });
  }
}
