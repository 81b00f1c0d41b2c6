import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WasmVariant } from './features.ts';

/** The module that `npm run kernels` compiled, for Node. */
export const readBuilt = (variant: WasmVariant): Promise<Uint8Array<ArrayBuffer>> =>
  readFile(join(import.meta.dirname, '../../../build/kernels', `${variant}.wasm`));
