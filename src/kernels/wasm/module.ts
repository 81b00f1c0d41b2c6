import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { WasmExports } from './exports.ts';

/**
 * This project's kernels inside the memory of TensorFlow.js's WebAssembly backend: the module imports that
 * memory and works on tensors in place, through byte addresses. It has no data of its own.
 */
interface Heap {
  wasm: {
    asm: { memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(at: number): void;
  };
}

let exports: WasmExports | undefined;
let scratchAt = 0;
let scratchBytes = 0;

const backend = (): BackendWasm => tf.backend() as BackendWasm;
const heap = (): Heap['wasm'] => (backend() as unknown as Heap).wasm;

/**
 * Links the kernels to the current backend, which must be `wasm`.
 * @param binary the compiled module: built with relaxed SIMD where the engine has it
 */
export async function linkWasm(binary: BufferSource): Promise<void> {
  const linked = await WebAssembly.instantiate(binary, { env: { memory: heap().asm.memory } });
  exports = linked.instance.exports as unknown as WasmExports;
  exports.prepare();
  scratchAt = 0;
  scratchBytes = 0;
}

export function kernels(): WasmExports {
  if (!exports)
    throw new Error('wasm kernels: expected linkWasm() to have run; call registerKernels()');
  return exports;
}

/** Address of a tensor's data; 0 for an absent one. */
export function address(tensor: TensorInfo | undefined): number {
  return tensor ? backend().dataIdMap.get(tensor.dataId).memoryOffset : 0;
}

/** A new float32 tensor, its values not yet written. */
export function allocate(shape: readonly number[]): TensorInfo {
  return backend().makeOutput([...shape], 'float32');
}

/** The same data as another tensor. */
export function share({ dataId, shape, dtype }: TensorInfo): TensorInfo {
  backend().incRef(dataId);
  return { dataId, shape, dtype };
}

/** Address of at least `bytes` bytes that live until the next call. */
export function scratch(bytes: number): number {
  if (bytes > scratchBytes) {
    if (scratchAt) heap()._free(scratchAt);
    scratchAt = heap()._malloc(bytes) >>> 0;
    if (scratchAt === 0) {
      throw new Error(
        `wasm kernels: expected ${bytes} bytes of memory, got none; use a smaller batch`,
      );
    }
    scratchBytes = bytes;
  }
  return scratchAt;
}

/** The kernels read raw bytes as float32; only `Identity` leaves them alone. */
function expectFloat(name: string, inputs: NamedTensorInfoMap): void {
  for (const [key, tensor] of Object.entries(inputs)) {
    if (tensor && tensor.dtype !== 'float32') {
      throw new Error(`${name} ${key}: expected float32, got ${tensor.dtype}; cast it first`);
    }
  }
}

/** Registers a kernel for the `wasm` backend, in place of a stock one of that name. */
export function registerWasm<I, A>(
  kernelName: string,
  run: (inputs: I, attributes: A) => TensorInfo | TensorInfo[],
): void {
  const kernelFunc: KernelFunc = ({ inputs, attrs }) => {
    if (kernelName !== 'Identity') expectFloat(kernelName, inputs);
    return run(inputs as I, attrs as A);
  };
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}
