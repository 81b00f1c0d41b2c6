import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/**
 * How this project adds an operation to TensorFlow.js.
 *
 * Each operation is a pair of registered kernels, `<Name>` and `<Name>Grad`, whose inputs, attributes
 * and outputs its `op.ts` documents. Backends implement both: `wasm.ts` and `webgpu.ts` beside it.
 * On backends for which this project has no kernels (`cpu`, `tensorflow`) the same operation is
 * composed of stock operations instead; on `wasm` and `webgpu` a missing kernel is an error.
 */
export interface Operation<Inputs extends Record<string, Tensor | undefined>, Attributes> {
  name: string;
  /** Names of the inputs that may be left out. */
  forward(inputs: Inputs, attributes: Attributes): Tensor;
  composed(inputs: Inputs, attributes: Attributes): Tensor;
}

const COMPOSED_BACKENDS: ReadonlySet<string> = new Set(['cpu', 'tensorflow']);

export const usesComposedOperations = (): boolean => COMPOSED_BACKENDS.has(tf.getBackend());

/** Runs one registered kernel; absent inputs are left out of what the kernel receives. */
export function runKernel(
  name: string,
  inputs: Record<string, Tensor | undefined>,
  attributes: object = {},
): Tensor[] {
  const present: NamedTensorMap = {};
  for (const [key, tensor] of Object.entries(inputs)) if (tensor) present[key] = tensor;
  const outputs: Tensor | Tensor[] = tf
    .engine()
    .runKernel(name, present, attributes as NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}
