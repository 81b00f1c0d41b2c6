import tfjsWasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import relaxedUrl from '../../build/kernels/relaxed.wasm?url';
import simdUrl from '../../build/kernels/simd.wasm?url';
import { wasmVariant } from '../kernels/wasm/features.ts';
import { openRuntime } from '../runtime/browser.ts';
import type { BackendName, Runtime } from '../runtime/runtime.ts';
import { download } from './surroundings.ts';

const KERNELS = { relaxed: relaxedUrl, simd: simdUrl } as const;

const LONGEST_MS = 300_000;

/** Every wait for a file has an end. */
export const fetchInTime = (url: string): Promise<Response> =>
  fetch(url, { signal: AbortSignal.timeout(LONGEST_MS) });

/** Opens the reader's device and registers this project's kernels on it. */
export async function openLiveRuntime(backend: BackendName | undefined): Promise<Runtime> {
  const wasmUrl = new URL(tfjsWasmUrl, location.href).href;
  const runtime = await openRuntime({ wasmUrl, ...(backend ? { backend } : {}) });
  if (runtime.backend === 'wasm') {
    const { registerWasm } = await import('../kernels/wasm/register.ts');
    const url = new URL(KERNELS[wasmVariant()], location.href).href;
    const response = await download({ fetch: fetchInTime }, url);
    await registerWasm(await response.arrayBuffer());
  }
  if (runtime.backend === 'webgpu') {
    const { registerWebgpuKernels } = await import('../kernels/webgpu/register.ts');
    registerWebgpuKernels();
  }
  return runtime;
}
