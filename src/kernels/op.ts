import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/**
 * How this project adds an operation to TensorFlow.js.
 *
 * An operation is a pair of registered kernels, `<Name>` and `<Name>Grad`, whose inputs, attributes
 * and outputs its `op.ts` documents. `wasm.ts` and `webgpu.ts` beside it register them for those
 * backends. The backends for which this project has no kernels (`cpu`, `tensorflow`) get the same
 * operation composed of stock operations; on `wasm` and `webgpu` a missing kernel is an error.
 */
export type Inputs = Record<string, Tensor | undefined>;

const COMPOSED_BACKENDS: ReadonlySet<string> = new Set(['cpu', 'tensorflow']);

/** True where operations are composed of stock ones because this project has no kernels there. */
export const usesComposedOperations = (): boolean => COMPOSED_BACKENDS.has(tf.getBackend());

/** Runs one registered kernel; absent inputs are left out of what it receives. */
export function runKernel(name: string, inputs: Inputs, attributes: object = {}): Tensor[] {
  const present: NamedTensorMap = {};
  for (const [key, tensor] of Object.entries(inputs)) if (tensor) present[key] = tensor;
  const outputs: Tensor | Tensor[] = tf
    .engine()
    .runKernel(name, present, attributes as NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** The first output of a kernel that has one for certain. */
export function runSingle(name: string, inputs: Inputs, attributes: object = {}): Tensor {
  const [output] = runKernel(name, inputs, attributes);
  if (!output) throw new Error(`${name}: expected an output tensor, the kernel returned none`);
  return output;
}

/**
 * Gives a forward kernel its gradient on the tape.
 * @param backward receives the gradient of the output and the present inputs; returns the gradients
 *   of the present inputs, in the order in which `inputs` names them
 */
export function differentiable<I extends Inputs>(
  inputs: I,
  forward: () => Tensor,
  backward: (dOut: Tensor, inputs: I) => Tensor[],
): Tensor {
  const names = Object.keys(inputs).filter((name) => inputs[name] !== undefined);
  const tensors = names.map((name) => inputs[name] as Tensor);
  const apply = tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as tf.GradSaveFunc;
    const value = forward();
    // What is saved before a forward pass that fails would be kept for good.
    save(tensors);
    return {
      value,
      gradFunc: (dOut: Tensor, saved: Tensor[]): Tensor[] => {
        const named = Object.fromEntries(names.map((name, i) => [name, saved[i]])) as I;
        return backward(dOut, named);
      },
    };
  });
  return apply(...tensors);
}

/** Throws `where: expected shape, got shape` unless `tensor` has the given shape; null matches any. */
export function expectShape(where: string, tensor: Tensor, expected: (number | null)[]): void {
  const fits =
    tensor.rank === expected.length &&
    expected.every((size, axis) => size === null || size === tensor.shape[axis]);
  if (fits) return;
  const wanted = expected.map((size) => size ?? '·').join(' ');
  throw new Error(`${where}: expected shape [${wanted}], got [${tensor.shape.join(' ')}]`);
}

/** For `differentiable`, which asks for a gradient of each input: that of whole numbers or a table, which nobody uses. */
export const noGradient = ({ shape }: Tensor): Tensor => tf.zeros(shape);

/**
 * Throws unless `ids` are int32, and from 0 to `count` - 1 where they can be read at once, which `webgpu` cannot.
 * @param also one more id that is allowed
 */
export function expectIds(where: string, ids: Tensor, count: number, also?: number): void {
  if (ids.dtype !== 'int32')
    throw new Error(`${where}: expected int32, got ${ids.dtype}; cast it first`);
  if (tf.getBackend() === 'webgpu') return;
  const wrong = ids.dataSync().find((id) => (id < 0 || id >= count) && id !== also);
  if (wrong === undefined) return;
  throw new Error(
    `${where}: expected ids from 0 to ${count - 1}, got ${wrong}; check the tokenizer`,
  );
}
