/** The two builds of the kernels: with fused multiply-add where the engine has relaxed SIMD. */
export type WasmVariant = 'relaxed' | 'simd';

/** A module whose only function runs `i8x16.relaxed_swizzle`. */
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15,
  65, 2, 253, 15, 253, 128, 2, 11,
]);

/** What this engine can run; the choice is part of a runtime's record. */
export const wasmVariant = (): WasmVariant =>
  WebAssembly.validate(RELAXED_PROBE) ? 'relaxed' : 'simd';
