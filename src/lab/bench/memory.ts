import * as tf from '@tensorflow/tfjs-core';

/**
 * Watches what tensors and scratch take on the current backend. Scratch that `wasm` kernels already hold is not
 * counted again: measure the smaller shape first.
 */
export interface MemoryWatch {
  /** The most bytes in use at once since the watch began, not counting what was in use before. */
  peakBytes(): number;
  stop(): void;
}

/** The allocators of the stock backends, which their kernels and ours go through. */
interface WasmHeap {
  wasm: { _malloc(bytes: number): number; _free(at: number): void };
}
interface GpuBuffers {
  bufferManager: { numBytesUsed: number; acquireBuffer(...operands: unknown[]): unknown };
}

/** Undefined on backends whose memory cannot be seen. */
export function trackMemory(): MemoryWatch | undefined {
  if (tf.getBackend() === 'wasm') return watchHeap(tf.backend() as unknown as WasmHeap);
  if (tf.getBackend() === 'webgpu') return watchBuffers(tf.backend() as unknown as GpuBuffers);
  return undefined;
}

function watchHeap({ wasm }: WasmHeap): MemoryWatch {
  // Emscripten's stubs replace themselves at the first call, which would undo the watch.
  wasm._free(wasm._malloc(16));
  const { _malloc, _free } = wasm;
  const live = new Map<number, number>();
  let bytesLive = 0;
  let peak = 0;
  wasm._malloc = (bytes) => {
    const at = _malloc(bytes);
    live.set(at >>> 0, bytes);
    bytesLive += bytes;
    peak = Math.max(peak, bytesLive);
    return at;
  };
  wasm._free = (at) => {
    bytesLive -= live.get(at >>> 0) ?? 0;
    live.delete(at >>> 0);
    _free(at);
  };
  return { peakBytes: () => peak, stop: () => void Object.assign(wasm, { _malloc, _free }) };
}

function watchBuffers({ bufferManager }: GpuBuffers): MemoryWatch {
  const before = bufferManager.numBytesUsed;
  let peak = 0;
  const acquire = bufferManager.acquireBuffer.bind(bufferManager);
  bufferManager.acquireBuffer = (...operands) => {
    const buffer = acquire(...operands);
    peak = Math.max(peak, bufferManager.numBytesUsed - before);
    return buffer;
  };
  return {
    peakBytes: () => peak,
    stop: () => void Reflect.deleteProperty(bufferManager, 'acquireBuffer'),
  };
}
