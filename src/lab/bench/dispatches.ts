import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { ModelConfig } from '../../models/index.ts';
import { toTensors } from '../../numerics/tensors.ts';
import { lossAndGradients } from '../../training/objective.ts';
import { feedsOf, squaredError } from '../../training/regression.ts';
import { modelWorkload } from './model-workload.ts';
import type { PromptShape } from './model-workload.ts';

/** GPU dispatches of one forward and backward pass: with this project's kernels, and out of stock operations. */
export interface Dispatches {
  fused: number;
  stock: number;
}

/** On `webgpu`, which has to be the current backend and is again afterwards. */
export async function countDispatches(
  config: ModelConfig,
  shape: PromptShape,
): Promise<Dispatches> {
  const fused = dispatchesOf(() => gradientPass(config, shape));
  const stock = await withStockOperations(() => dispatchesOf(() => gradientPass(config, shape)));
  return { fused, stock };
}

function gradientPass(config: ModelConfig, shape: PromptShape): void {
  const { model, values, prompts } = modelWorkload(config, shape);
  const parameters = toTensors(values);
  const { loss, gradients } = lossAndGradients(squaredError(model), parameters, feedsOf(prompts));
  tf.dispose([loss, ...Object.values(gradients), ...Object.values(parameters)]);
}

function dispatchesOf(pass: () => void): number {
  const { prototype } = GPUComputePassEncoder;
  const { dispatchWorkgroups } = prototype;
  let count = 0;
  prototype.dispatchWorkgroups = function (...sizes) {
    count++;
    return dispatchWorkgroups.apply(this, sizes);
  };
  try {
    pass();
  } finally {
    prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
  return count;
}

/**
 * Operations are composed of stock ones where the backend is called `tensorflow`: for as long as `body` runs,
 * this device answers to that name, with the stock kernels of `webgpu`.
 */
async function withStockOperations<Result>(body: () => Result): Promise<Result> {
  const name = 'tensorflow';
  const own = tf.backend() as WebGPUBackend & { adapterInfo: GPUAdapterInfo };
  const Backend = own.constructor as new (device: GPUDevice, info: GPUAdapterInfo) => WebGPUBackend;
  tf.registerBackend(name, () => new Backend(own.device, own.adapterInfo));
  tf.copyRegisteredKernels('webgpu', name);
  await tf.setBackend(name);
  try {
    return body();
  } finally {
    await tf.setBackend('webgpu');
    tf.removeBackend(name);
    for (const { kernelName } of tf.getKernelsForBackend(name)) {
      tf.unregisterKernel(kernelName, name);
    }
  }
}
