/** Where tensors live and kernels run. `cpu` is plain JavaScript, for tests. */
export type BackendName = 'webgpu' | 'wasm' | 'tensorflow' | 'cpu';

export const BACKEND_NAMES: readonly BackendName[] = ['webgpu', 'wasm', 'tensorflow', 'cpu'];

/** What an artifact stores about the machine that computed it. */
export interface RuntimeRecord {
  backend: BackendName;
  /** The device as its driver names it, e.g. `NVIDIA H200` or a processor's model name. */
  adapter: string;
  /** True where a processor plays the part of a GPU (SwiftShader, lavapipe). */
  software: boolean;
  /** Version of Node; absent in a browser. */
  node?: string;
  /** Versions of the packages that compute, by package name. */
  packages: Record<string, string>;
}

export interface Runtime extends RuntimeRecord {
  /** Why this backend was taken, in words for people. */
  reason: string;
  /** The WebGPU device, which this project owns; absent on other backends. */
  device?: GPUDevice;
  /** Resolves with an explanation once the device is lost; stays pending otherwise. */
  lost: Promise<Error>;
  /** Throws if the device was lost or reported an error that nobody awaited. */
  check: () => void;
  /** Frees the device. A Node process that used WebGPU ends only after this. */
  close: () => Promise<void>;
}

/** The serialisable part of a runtime, for `provenance.runtime`. */
export function runtimeRecord(runtime: Runtime): RuntimeRecord {
  const { backend, adapter, software, node, packages } = runtime;
  return { backend, adapter, software, ...(node === undefined ? {} : { node }), packages };
}
