import type { BackendName } from './runtime.ts';

/** What was found on this machine, before anything is chosen. */
export interface Devices {
  webgpu: { adapter: string; software: boolean } | { missing: string };
  wasm: { adapter: string } | { missing: string };
  tensorflow: { adapter: string } | { missing: string };
}

export interface Selection {
  backend: BackendName;
  adapter: string;
  software: boolean;
  reason: string;
}

const SOFTWARE_RENDERER = /swiftshader|llvmpipe|lavapipe|softpipe|basic render driver|software/i;

/** The adapter's name, and whether it is a processor that emulates a GPU. */
export function describeAdapter(info: GPUAdapterInfo): { adapter: string; software: boolean } {
  const names = [info.vendor, info.architecture, info.device, info.description];
  const adapter = info.description || names.filter(Boolean).join(' ') || 'unnamed WebGPU adapter';
  return { adapter, software: info.isFallbackAdapter || SOFTWARE_RENDERER.test(names.join(' ')) };
}

/**
 * Chooses a backend and says why. Unasked: hardware WebGPU, else WebAssembly; a software renderer
 * counts as no GPU. Asked by name: that backend, or an error that says what to install.
 */
export function selectBackend(devices: Devices, asked?: BackendName): Selection {
  if (asked !== undefined) return askedBackend(devices, asked);
  const { webgpu, wasm } = devices;
  if ('adapter' in webgpu && !webgpu.software) {
    return { backend: 'webgpu', ...webgpu, reason: 'a hardware GPU is there' };
  }
  const noGpu =
    'adapter' in webgpu
      ? `the only WebGPU adapter, ${webgpu.adapter}, is a software renderer`
      : webgpu.missing;
  if ('missing' in wasm) {
    throw new Error(
      `runtime: expected a GPU or WebAssembly, got neither: ${noGpu}; ${wasm.missing}`,
    );
  }
  return { backend: 'wasm', adapter: wasm.adapter, software: false, reason: `no GPU: ${noGpu}` };
}

function askedBackend(devices: Devices, asked: BackendName): Selection {
  const found = asked === 'cpu' ? { adapter: 'plain JavaScript' } : devices[asked];
  if ('missing' in found) {
    throw new Error(`runtime: expected backend ${asked} as asked for, got none: ${found.missing}`);
  }
  const software = asked === 'webgpu' && 'adapter' in devices.webgpu && devices.webgpu.software;
  const reason = software ? 'asked for by name (a software renderer)' : 'asked for by name';
  return { backend: asked, adapter: found.adapter, software, reason };
}
