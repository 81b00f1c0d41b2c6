import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openRuntime } from '../../src/runtime/node.ts';
import type { BackendName } from '../../src/runtime/runtime.ts';
import { runtimeRecord } from '../../src/runtime/runtime.ts';

const hasVulkan = process.env.VK_ICD_FILENAMES !== undefined;
if (!hasVulkan) {
  process.stderr.write('runtime tests: skip webgpu, as VK_ICD_FILENAMES names no driver\n');
}
const backends: BackendName[] = hasVulkan ? ['cpu', 'wasm', 'webgpu'] : ['cpu', 'wasm'];

// Dawn can abort the process when an instance is collected while its threads run: none is, here.
const held = new Set<GPU>();
const hold = (): void => void held.add(navigator.gpu);

it.each(backends)('%s opens, computes, says what it is, and closes', async (backend) => {
  const runtime = await openRuntime({ backend });
  if (backend === 'webgpu') hold();
  expect(tf.getBackend()).toBe(backend);
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  expect([...(await tf.matMul(x, x).data())]).toEqual([7, 10, 15, 22]);
  const record = runtimeRecord(runtime);
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  expect(record.packages['@tensorflow/tfjs-core']).toBe(tf.version_core);
  expect(record.node).toBe(process.versions.node);
  runtime.check();
  await runtime.close();
});

it.runIf(hasVulkan)('opens webgpu again after closing it, on a device of our own', async () => {
  for (let round = 0; round < 2; round++) {
    const runtime = await openRuntime({ backend: 'webgpu' });
    hold();
    const backend = tf.backend() as unknown as { device: GPUDevice };
    expect(backend.device).toBe(runtime.device);
    expect(runtime.device?.limits.maxStorageBuffersPerShaderStage).toBe(8);
    await runtime.close();
  }
});

it.runIf(hasVulkan)('notices a lost device, and says what to do', async () => {
  const runtime = await openRuntime({ backend: 'webgpu' });
  hold();
  runtime.device?.destroy();
  const error = await runtime.lost;
  expect(error.message).toMatch(/expected a working device, got a lost one .*last checkpoint/);
  expect(() => runtime.check()).toThrow(error);
  await runtime.close();
});

it('never falls back: an absent native binding is an error that says what to install', async () => {
  await expect(openRuntime({ backend: 'tensorflow' })).rejects.toThrow(/install .*tfjs-node/);
});
