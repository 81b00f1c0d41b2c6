import * as tf from '@tensorflow/tfjs-core';
import { registerOwnDevice, requestOwnedDevice } from './gpu-device.ts';
import type { BackendName, Runtime } from './runtime.ts';
import { describeAdapter, selectBackend } from './select.ts';
import type { Devices } from './select.ts';
import { startWasm } from './wasm.ts';

/**
 * Opens a backend in a page or a worker and makes it TensorFlow.js's current one.
 * @param options.backend the backend to insist on; left out, the best one that is here.
 * @param options.wasmUrl address of `tfjs-backend-wasm-simd.wasm`.
 */
export async function openRuntime(options: {
  backend?: BackendName;
  wasmUrl: string;
}): Promise<Runtime> {
  const { backend, wasmUrl } = options;
  const adapter = backend === undefined || backend === 'webgpu' ? await findAdapter() : undefined;
  const selection = selectBackend(findDevices(adapter?.info), backend);
  const opened = adapter && selection.backend === 'webgpu' ? await openWebgpu(adapter) : undefined;
  if (selection.backend === 'wasm') await startWasm(wasmUrl);
  if (selection.backend === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend(selection.backend))) {
    throw new Error(
      `runtime: expected ${selection.backend} to start, got a failure; reload the page`,
    );
  }
  return {
    ...selection,
    packages: { '@tensorflow/tfjs-core': tf.version_core },
    lost: new Promise(() => {}),
    check: () => {},
    close: () => Promise.resolve(),
    ...opened,
  };
}

async function findAdapter(): Promise<GPUAdapter | undefined> {
  if (!('gpu' in navigator)) return undefined;
  return (await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })) ?? undefined;
}

function findDevices(info: GPUAdapterInfo | undefined): Devices {
  const noWebgpu = 'this browser offers no WebGPU adapter; use one that supports WebGPU';
  return {
    webgpu: info ? describeAdapter(info) : { missing: noWebgpu },
    wasm:
      typeof WebAssembly === 'object'
        ? { adapter: `${navigator.hardwareConcurrency}-thread processor` }
        : { missing: 'this browser has WebAssembly switched off' },
    tensorflow: { missing: 'the native binding exists in Node only' },
  };
}

async function openWebgpu(
  adapter: GPUAdapter,
): Promise<Pick<Runtime, 'device' | 'lost' | 'check' | 'close'>> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { device, lost, check } = await requestOwnedDevice(adapter);
  registerOwnDevice(WebGPUBackend, device, adapter.info);
  const close = async (): Promise<void> => {
    tf.removeBackend('webgpu');
    device.destroy();
    await lost;
  };
  return { device, lost, check, close };
}
