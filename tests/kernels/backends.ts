import { afterAll, beforeAll } from 'vitest';
import { openRuntime } from '../../src/runtime/node.ts';
import type { BackendName, Runtime } from '../../src/runtime/runtime.ts';
import { registerKernels } from '../../src/kernels/register.ts';
import { loadKernels } from '../../src/lab/kernels.ts';

/** Every backend on which a kernel test runs; `cpu` proves the composed operations. */
const ALL: readonly BackendName[] = ['cpu', 'wasm', 'webgpu'];

const hasVulkan = process.env.VK_ICD_FILENAMES !== undefined;
if (!hasVulkan) {
  process.stderr.write('kernel tests: skip webgpu, as VK_ICD_FILENAMES names no Vulkan driver\n');
}

/** One backend alone, where `lab parity --record` proves what computes on it. */
const { KERNEL_BACKENDS: asked } = process.env;

export const BACKENDS = ALL.filter((name) => name !== 'webgpu' || hasVulkan).filter(
  (name) => asked === undefined || name === asked,
);

/** Opens a backend with this project's kernels on it. */
export async function open(backend: BackendName): Promise<Runtime> {
  const runtime = await openRuntime({ backend });
  await registerKernels(runtime.backend, loadKernels);
  return runtime;
}

/**
 * Opens a backend for the tests of a suite, at whose end its device must have reported nothing.
 * @returns the runtime, once the suite has begun
 */
export function openForSuite(backend: BackendName): () => Runtime {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open(backend);
  });
  afterAll(async () => {
    runtime.check();
    await runtime.close();
  });
  return () => runtime;
}
