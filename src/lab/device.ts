import type { RuntimeRecord } from '../artifacts/artifact.ts';
import { wasmVariant } from '../kernels/wasm/features.ts';
import type { BackendName } from '../runtime/runtime.ts';
import { runtimeRecord } from '../runtime/runtime.ts';
import { implementationOf } from './implementation.ts';
import { loadKernels } from './kernels.ts';

/** The opened tfjs backend, with this project's kernels registered on it. */
export interface Device {
  record: RuntimeRecord;
  /** Why this backend was chosen. */
  reason: string;
  /** The WebGPU device, where that is the backend. */
  gpu: GPUDevice | undefined;
  /** Throws if the device was lost or reported an error that nobody awaited. */
  check(): void;
  close(): Promise<void>;
}

/** Loads TensorFlow.js only now, because most commands do without it. */
export async function openDevice(backend: BackendName | undefined): Promise<Device> {
  const { openRuntime } = await import('../runtime/node.ts');
  const { registerKernels } = await import('../kernels/register.ts');
  const runtime = await openRuntime(backend === undefined ? {} : { backend });
  await registerKernels(runtime.backend, loadKernels);
  const { reason, device, check, close } = runtime;
  const record = {
    ...runtimeRecord(runtime),
    implementation: await implementationOf(runtime.backend),
    ...(runtime.backend === 'wasm' && { variant: wasmVariant() }),
  };
  return { record, reason, gpu: device, check, close };
}
