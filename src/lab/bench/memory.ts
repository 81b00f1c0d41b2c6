import * as tf from '@tensorflow/tfjs-core';

/** The allocators of the stock backends, which their kernels and ours go through. */
interface WasmHeap {
  wasm: { _malloc(bytes: number): number; _free(at: number): void };
}
interface GpuBuffers {
  bufferManager: { numBytesUsed: number; acquireBuffer(...operands: unknown[]): unknown };
}

/** What tensors and scratch take on one backend. */
interface Usage {
  bytes(): number;
  peak: number;
}

const watched = new WeakMap<object, Usage>();

/**
 * From now on, the most bytes that tensors and scratch take at once on the current backend: undefined where that
 * cannot be seen. On `wasm` the kernels keep the largest scratch they ever needed, and what was allocated before
 * the first call is not known.
 */
export function trackMemory(): { peakBytes(): number } | undefined {
  const backend = tf.backend();
  const usage = watched.get(backend) ?? watch(backend);
  if (!usage) return undefined;
  watched.set(backend, usage);
  usage.peak = usage.bytes();
  return { peakBytes: () => usage.peak };
}

function watch(backend: object): Usage | undefined {
  if (tf.getBackend() === 'wasm') return watchHeap(backend as WasmHeap);
  if (tf.getBackend() === 'webgpu') return watchBuffers(backend as GpuBuffers);
  return undefined;
}

function watchHeap({ wasm }: WasmHeap): Usage {
  // Emscripten's stubs replace themselves at the first call, which would undo the watch.
  wasm._free(wasm._malloc(16));
  const { _malloc, _free } = wasm;
  const live = new Map<number, number>();
  let inUse = 0;
  const usage: Usage = { bytes: () => inUse, peak: 0 };
  wasm._malloc = (bytes) => {
    const at = _malloc(bytes);
    live.set(at >>> 0, bytes);
    inUse += bytes;
    usage.peak = Math.max(usage.peak, inUse);
    return at;
  };
  wasm._free = (at) => {
    inUse -= live.get(at >>> 0) ?? 0;
    live.delete(at >>> 0);
    _free(at);
  };
  return usage;
}

function watchBuffers({ bufferManager }: GpuBuffers): Usage {
  const usage: Usage = { bytes: () => bufferManager.numBytesUsed, peak: 0 };
  const acquire = bufferManager.acquireBuffer.bind(bufferManager);
  bufferManager.acquireBuffer = (...operands) => {
    const buffer = acquire(...operands);
    usage.peak = Math.max(usage.peak, bufferManager.numBytesUsed);
    return buffer;
  };
  return usage;
}
