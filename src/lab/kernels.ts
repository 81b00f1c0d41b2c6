import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { LoadWasm } from '../kernels/register.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/**
 * The compiled WebAssembly kernels, built anew unless the last build is of today's sources: a key names
 * sources, so a result must not come from an older binary.
 */
export const loadKernels: LoadWasm = async (variant) => {
  const script = join(PROJECT, 'scripts', 'kernels.mjs');
  await promisify(execFile)(process.execPath, [script, '--quiet']);
  return readFile(join(PROJECT, 'build', 'kernels', `${variant}.wasm`));
};
