import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { registerOwnDevice, requestOwnedDevice } from './gpu-device.ts';
import { registerGradients } from './gradients.ts';
import type { BackendName, Runtime } from './runtime.ts';
import { describeAdapter, selectBackend } from './select.ts';
import type { Devices, Selection } from './select.ts';
import { startWasm } from './wasm.ts';

const require = createRequire(import.meta.url);

const NATIVE_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const NO_VULKAN =
  'Dawn found no WebGPU adapter; install a GPU driver with Vulkan (and its loader, libvulkan; beside NVIDIA’s also ' +
  'libgl1 and libegl1, without which it finds “no drivers”), or for ' +
  "tests point VK_ICD_FILENAMES at a software driver such as Chromium's vk_swiftshader_icd.json";

/**
 * Opens a backend in Node and makes it TensorFlow.js's current one.
 * @param options.backend the backend to insist on; left out, the best one that is here.
 */
export async function openRuntime(options: { backend?: BackendName } = {}): Promise<Runtime> {
  const { backend } = options;
  await registerGradients();
  const dawn = backend === undefined || backend === 'webgpu' ? await startDawn() : undefined;
  const selection = selectBackend(findDevices(dawn), backend);
  const gpu = dawn && 'adapter' in dawn ? dawn : undefined;
  if (selection.backend !== 'webgpu') gpu?.stop();
  const opened = gpu && selection.backend === 'webgpu' ? await openWebgpu(gpu) : undefined;
  if (selection.backend === 'wasm') await openWasm();
  if (selection.backend === 'tensorflow') await import(nativePackage() ?? '');
  if (selection.backend === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  await activate(selection.backend);
  return {
    ...selection,
    node: process.versions.node,
    packages: packageVersions(selection),
    lost: new Promise(() => {}),
    check: () => {},
    close: () => Promise.resolve(),
    ...opened,
  };
}

async function activate(backend: BackendName): Promise<void> {
  if (!(await tf.setBackend(backend))) {
    throw new Error(
      `runtime: expected backend ${backend} to start, got a failure; see the log above`,
    );
  }
}

function findDevices(dawn: Dawn | Missing | undefined): Devices {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const native = nativePackage();
  return {
    webgpu:
      dawn && 'adapter' in dawn
        ? describeAdapter(dawn.adapter.info)
        : (dawn ?? { missing: 'not looked for' }),
    wasm: { adapter: processor },
    tensorflow: native
      ? { adapter: `${native} on ${processor}` }
      : { missing: `install one of ${NATIVE_PACKAGES.join(', ')} with npm` },
  };
}

interface Missing {
  missing: string;
}

interface Dawn {
  adapter: GPUAdapter;
  /** Lets Node exit: Dawn runs for as long as its GPU object is reachable. */
  stop: () => void;
}

/**
 * The last Dawn instance, while it lives. Several in turn end badly: collecting one can abort the process
 * (`std::system_error`), so opening again takes up the one that is there.
 */
let instance: WeakRef<GPU> | undefined;

/** Without these, Dawn hides the matrix hardware, and half precision on NVIDIA. */
const DAWN_OPTIONS = ['enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia'];

/** Dawn's best adapter. The stock backend looks for navigator.gpu and the WebGPU globals. */
async function startDawn(): Promise<Dawn | Missing> {
  // Imported before navigator.gpu exists, the stock backend registers no device of its own.
  await import('@tensorflow/tfjs-backend-webgpu');
  const webgpu = await import('webgpu').catch((error: unknown) => ({ missing: String(error) }));
  if ('missing' in webgpu) {
    return { missing: `Dawn does not load here (${webgpu.missing}); install the package webgpu` };
  }
  Object.assign(globalThis, webgpu.globals);
  const gpu = instance?.deref() ?? webgpu.create(DAWN_OPTIONS);
  instance = new WeakRef(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { missing: NO_VULKAN };
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  return { adapter, stop: () => void Reflect.deleteProperty(navigator, 'gpu') };
}

async function openWebgpu(
  dawn: Dawn,
): Promise<Pick<Runtime, 'device' | 'lost' | 'check' | 'close'>> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { device, lost, check } = await requestOwnedDevice(dawn.adapter);
  registerOwnDevice(WebGPUBackend, device, dawn.adapter.info);
  const close = async (): Promise<void> => {
    tf.removeBackend('webgpu');
    device.destroy();
    await lost;
    dawn.stop();
  };
  return { device, lost, check, close };
}

/** The Emscripten loader rethrows every uncaught error of the process; its listeners are taken off. */
async function openWasm(): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  await startWasm(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[i]?.has(listener)) process.removeListener(event, listener);
    }
  });
}

function nativePackage(): string | undefined {
  return NATIVE_PACKAGES.find((name) => {
    try {
      return require.resolve(name) !== '';
    } catch {
      return false;
    }
  });
}

function packageVersions({ backend }: Selection): Record<string, string> {
  const native = backend === 'tensorflow' ? [nativePackage() ?? ''] : [];
  const own = backend === 'tensorflow' ? [] : [`@tensorflow/tfjs-backend-${backend}`];
  const dawn = backend === 'webgpu' ? ['webgpu'] : [];
  const names = ['@tensorflow/tfjs-core', ...own, ...dawn, ...native];
  return Object.fromEntries(
    names.map((name) => [name, (require(`${name}/package.json`) as { version: string }).version]),
  );
}
