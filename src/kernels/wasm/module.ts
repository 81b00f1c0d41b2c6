import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { ABSENT, named } from './exports.ts';
import type { Address, WasmExports } from './exports.ts';
import { CheckedMemory } from './memory.ts';
import type { MemoryEvent, WasmMemory } from './memory.ts';

let linked: { exports: WasmExports; memory: CheckedMemory } | undefined;
/** Outputs of the kernel that runs, which nobody else can free if it fails half-way. */
let outputs: TensorInfo[] = [];

const backend = (): BackendWasm => tf.backend() as BackendWasm;

/**
 * Links this project's kernels to the current backend, which must be `wasm`, inside the memory of TensorFlow.js:
 * the module imports that memory and works on tensors in place, through byte addresses. It has no data of its own.
 * From then on each allocation of the backend is checked.
 * @param binary the compiled module: built with relaxed SIMD where the engine has it
 */
export async function linkWasm(binary: BufferSource): Promise<void> {
  const { wasm } = backend() as unknown as { wasm: WasmMemory };
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory: wasm.asm.memory } });
  const exports = named(instance.exports);
  exports.prepare();
  linked = { exports, memory: new CheckedMemory(wasm) };
}

function expectLinked(): NonNullable<typeof linked> {
  if (linked) return linked;
  throw new Error('wasm kernels: expected linkWasm() to have run; call registerKernels()');
}

export const kernels = (): WasmExports => expectLinked().exports;

/** Address of a tensor's data. */
export function address(tensor: TensorInfo | undefined): Address {
  return tensor ? (backend().dataIdMap.get(tensor.dataId).memoryOffset as Address) : ABSENT;
}

/** Addresses of several tensors' data, by the names that a kernel gives them. */
export function addresses<Name extends string>(
  tensors: Record<Name, TensorInfo | undefined>,
): Record<Name, Address> {
  const found: Record<string, Address> = {};
  for (const name in tensors) found[name] = address(tensors[name]);
  return found;
}

/** The address so many floats further on. */
export const after = (at: Address, floats: number): Address => (at + 4 * floats) as Address;

/** A new float32 tensor, its values not yet written. */
export function allocate(shape: readonly number[]): TensorInfo {
  const output = backend().makeOutput([...shape], 'float32');
  outputs.push(output);
  return output;
}

/** The same data as another tensor. */
export function share({ dataId, shape, dtype }: TensorInfo): TensorInfo {
  backend().incRef(dataId);
  return { dataId, shape, dtype };
}

/** Address of at least `bytes` bytes that live until the next call. */
export const scratch = (bytes: number): Address =>
  expectLinked().memory.scratch(bytes >>> 0) as Address;

/** What `run` does with the memory of the linked backend. */
export const traceMemory = (run: () => void): MemoryEvent[] => expectLinked().memory.trace(run);

/** The kernels read raw bytes as what their author took them for; only `Identity` leaves them alone. */
function expectTypes(name: string, inputs: NamedTensorInfoMap, integers: readonly string[]): void {
  for (const [key, tensor] of Object.entries(inputs)) {
    const wanted = integers.includes(key) ? 'int32' : 'float32';
    if (tensor && tensor.dtype !== wanted) {
      throw new Error(`${name} ${key}: expected ${wanted}, got ${tensor.dtype}; cast it first`);
    }
  }
}

/** Frees the outputs of a kernel that fails, for lack of memory. */
function orNothing<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    for (const { dataId } of outputs) backend().disposeData(dataId);
    throw error;
  } finally {
    outputs = [];
  }
}

/**
 * Registers a kernel for the `wasm` backend, in place of a stock one of that name.
 * @param integers the inputs that are int32; the others are float32
 */
export function registerWasm<I, A>(
  kernelName: string,
  run: (inputs: I, attributes: A) => TensorInfo | TensorInfo[],
  integers: readonly string[] = [],
): void {
  const kernelFunc: KernelFunc = ({ inputs, attrs }) => {
    if (kernelName !== 'Identity') expectTypes(kernelName, inputs, integers);
    return orNothing(() => run(inputs as I, attrs as A));
  };
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}
