import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import tfjsWasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import relaxedUrl from '../../build/kernels/relaxed.wasm?url';
import simdUrl from '../../build/kernels/simd.wasm?url';
import { wasmVariant } from '../kernels/wasm/features.ts';
import { openRuntime } from '../runtime/browser.ts';
import type { BackendName, Runtime } from '../runtime/runtime.ts';
import { download } from './site-files.ts';
import type { Source } from './site-files.ts';

const KERNELS = { relaxed: relaxedUrl, simd: simdUrl } as const;

/** Opens the reader's device and registers this project's kernels on it. */
export async function openLiveRuntime(
  backend: BackendName | undefined,
  fetch: Source['fetch'],
): Promise<Runtime> {
  const wasmUrl = new URL(tfjsWasmUrl, location.href).href;
  const runtime = await openRuntime({ wasmUrl, ...(backend ? { backend } : {}) });
  if (runtime.backend === 'wasm') {
    const { registerWasm } = await import('../kernels/wasm/register.ts');
    const url = new URL(KERNELS[wasmVariant()], location.href).href;
    await registerWasm((await download({ fetch }, url)).buffer);
  }
  if (runtime.backend === 'webgpu') {
    const { registerWebgpuKernels } = await import('../kernels/webgpu/register.ts');
    registerWebgpuKernels();
  }
  return runtime;
}
