/** The part of TensorFlow.js's WebAssembly module that hands out memory. */
export interface WasmMemory {
  asm: {
    memory: WebAssembly.Memory;
    malloc(bytes: number): number;
    free(at: number): void;
  };
  /** What the backend calls for the data of every tensor. */
  _malloc(bytes: number): number;
  _free(at: number): void;
}

/** What a run did with memory, in order: block `block` taken or freed, or scratch asked for. */
export type MemoryEvent =
  { kind: 'take' | 'free'; block: number; bytes: number } | { kind: 'scratch'; bytes: number };

/** The most that the backend's module lets its memory grow to: 4 GiB less one page. */
export const MOST_BYTES = 2 ** 32 - 2 ** 16;

/**
 * What stays free after every allocation, for what stock operations take inside the module, where no failure
 * can be told from here: descriptors of tensors and operators, some hundred bytes each.
 */
const RESERVE = 2 ** 20;

/**
 * The backend's memory with every allocation checked, those of stock operations included: its `malloc` answers
 * a failure with address 0, to which a kernel would go on to write.
 */
export class CheckedMemory {
  readonly #asm: WasmMemory['asm'];
  #scratchAt = 0;
  #scratchBytes = 0;
  #tracer: Tracer | undefined;

  /** @param wasm the backend's module, whose `_malloc` and `_free` are replaced */
  constructor(wasm: WasmMemory) {
    this.#asm = wasm.asm;
    wasm._malloc = (bytes) => {
      const at = this.#take(bytes);
      this.#tracer?.taken(at, bytes);
      return at;
    };
    wasm._free = (at) => {
      this.#tracer?.freed(at);
      this.#asm.free(at);
    };
  }

  /** Address of at least `bytes` bytes that live until the next call. */
  scratch(bytes: number): number {
    this.#tracer?.events.push({ kind: 'scratch', bytes });
    if (bytes > this.#scratchBytes) {
      if (this.#scratchAt) this.#asm.free(this.#scratchAt);
      this.#scratchAt = this.#scratchBytes = 0;
      this.#scratchAt = this.#take(bytes);
      this.#scratchBytes = bytes;
    }
    return this.#scratchAt;
  }

  /** What `run` does with memory. */
  trace(run: () => void): MemoryEvent[] {
    const tracer = new Tracer();
    this.#tracer = tracer;
    try {
      run();
    } finally {
      this.#tracer = undefined;
    }
    return tracer.events;
  }

  /** @returns never 0 */
  #take(bytes: number): number {
    const { malloc, free, memory } = this.#asm;
    // A size travels as 32 bits: what is larger would be granted modulo 4 GiB.
    const at = bytes <= MOST_BYTES ? malloc(bytes) >>> 0 : 0;
    const reserve = at && malloc(RESERVE) >>> 0;
    if (reserve) {
      free(reserve);
      return at;
    }
    if (at) free(at);
    const held = Math.round(memory.buffer.byteLength / 2 ** 20);
    throw new Error(
      `wasm: expected ${bytes} bytes of memory besides the ${held} MiB held, got none; use a smaller batch`,
    );
  }
}

/** Follows blocks by address; those taken before it began are none of its business. */
class Tracer {
  readonly events: MemoryEvent[] = [];
  readonly #held = new Map<number, { block: number; bytes: number }>();
  #blocks = 0;

  taken(at: number, bytes: number): void {
    const taken = { block: this.#blocks++, bytes };
    this.#held.set(at, taken);
    this.events.push({ kind: 'take', ...taken });
  }

  freed(at: number): void {
    const taken = this.#held.get(at);
    if (!taken) return;
    this.#held.delete(at);
    this.events.push({ kind: 'free', ...taken });
  }
}
