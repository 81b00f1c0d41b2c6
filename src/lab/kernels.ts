import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

const SCRIPT = join(resolve(import.meta.dirname, '../..'), 'scripts', 'kernels.mjs');

/**
 * Compiles the WebAssembly kernels unless the last build is of today's sources: a key names sources, so
 * a result must not come from an older binary.
 */
export async function compileKernels(): Promise<void> {
  await promisify(execFile)(process.execPath, [SCRIPT, '--quiet']);
}
