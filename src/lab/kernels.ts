import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { WasmVariant } from '../kernels/wasm/features.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

let compiled: Promise<unknown> | undefined;

const compile = (): Promise<unknown> =>
  promisify(execFile)(process.execPath, [join(PROJECT, 'scripts', 'kernels.mjs'), '--quiet']);

/**
 * The compiled WebAssembly kernels, built anew unless the last build is of today's sources, so that no result comes
 * from an older binary.
 */
export const loadKernels = async (variant: WasmVariant): Promise<Buffer<ArrayBuffer>> => {
  await (compiled ??= compile());
  return readFile(join(PROJECT, 'build', 'kernels', `${variant}.wasm`));
};
