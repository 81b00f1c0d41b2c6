import { wasmVariant } from './wasm/features.ts';
import type { WasmVariant } from './wasm/features.ts';
import { registerWasm } from './wasm/register.ts';
import { registerWebgpuKernels } from './webgpu/register.ts';

/** Brings a compiled kernel module: from disk in Node, from the site in a browser. */
export type LoadWasm = (variant: WasmVariant) => Promise<BufferSource>;

/**
 * Registers this project's kernels for the current backend. `cpu` and `tensorflow` have none: there,
 * operations are composed of stock ones.
 */
export async function registerKernels(backend: string, loadWasm: LoadWasm): Promise<void> {
  if (backend === 'webgpu') registerWebgpuKernels();
  if (backend === 'wasm') await registerWasm(await loadWasm(wasmVariant()));
}
