import { env, setBackend } from '@tensorflow/tfjs-core';

/**
 * Starts TensorFlow.js's WebAssembly backend in its single-threaded SIMD build, the only one whose
 * memory this project's kernels can share.
 * @param location the folder of the binaries (ending in `/`), or the SIMD binary's own address.
 */
export async function startWasm(location: string): Promise<void> {
  const { setWasmPaths, setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Error('wasm: expected WebAssembly SIMD, got an engine without it; use a newer one');
  }
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setThreadsCount(1);
  setWasmPaths(
    location.endsWith('/')
      ? location
      : {
          'tfjs-backend-wasm.wasm': location,
          'tfjs-backend-wasm-simd.wasm': location,
          'tfjs-backend-wasm-threaded-simd.wasm': location,
        },
  );
  await setBackend('wasm');
}
