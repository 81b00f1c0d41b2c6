/** What `index.as.ts` exports. Addresses and sizes in bytes are numbers; flags are 0 or 1. */
type Kernel = (...operands: number[]) => void;
type Size = (...shape: number[]) => number;

export interface WasmExports {
  /** (parameter, m, v, gradient, n, stepSize, rootCorrection, beta1, beta2, epsilon) */
  adamUpdate: Kernel;
  /** (length, head) */
  attentionScratch: Size;
  /** (qkv, out, prompts, length, channels, heads, scratch) */
  attentionForward: Kernel;
  /** (dOut, qkv, dQkv, prompts, length, channels, heads, scratch) */
  attentionBackward: Kernel;
  /** (D, K) */
  convScratch: Size;
  /** (x, weight, bias, out, B, L, D, K, scratch) */
  convForward: Kernel;
  /** (L, D, K) */
  convGradScratch: Size;
  /** (dOut, x, weight, bias, dx, dWeight, dBias, B, L, D, K, scratch) */
  convBackward: Kernel;
  /** (from, fromRow, to, toRow, rows, size) */
  copyColumns: Kernel;
  /** (x, out, n) */
  geluForward: Kernel;
  /** (dOut, x, dx, n) */
  geluBackward: Kernel;
  /** (x, out, n) */
  geluExactForward: Kernel;
  /** (dOut, x, dx, n) */
  geluExactBackward: Kernel;
  /** (x, rows, n, sums) */
  columnSum: Kernel;
  /** (N, K) */
  gemmScratch: Size;
  /** (a, b, c, bias, M, N, K, transposeA, transposeB, scratch) */
  gemm: Kernel;
  /** (L) */
  longConvScratch: Size;
  /** (u, K, D, out, B, L, H, scratch) */
  longConvForward: Kernel;
  /** (L) */
  longConvGradScratch: Size;
  /** (dOut, u, K, D, du, dK, dD, B, L, H, scratch) */
  longConvBackward: Kernel;
  /** (B, H) */
  lstmScratch: Size;
  /** (x, weight, out, B, L, H, scratch) */
  lstmForward: Kernel;
  /** (B, L, H) */
  lstmGradScratch: Size;
  /** (dOut, x, weight, dx, previous, B, L, H, scratch) */
  lstmBackward: Kernel;
  /** (x, weight, bias or 0, out, R, D, epsilon) */
  normForward: Kernel;
  /** (dOut, x, weight, dx, dWeight, dBias or 0, R, D, epsilon) */
  normBackward: Kernel;
  /** () fills the constants; once after linking */
  prepare: Kernel;
  /** (channels, states) */
  scanScratch: Size;
  /** (u, delta, A, B, C, D, z, bias, initialState, out, lastState, B, L, D, N, softplus, scratch) */
  scanForward: Kernel;
  /** (length, channels, states) */
  scanGradScratch: Size;
  /** (dOut, u, delta, A, B, C, D, z, bias, initialState, du, dDelta, dA, dB, dC, dD, dz, dBias, dInitialState, B, L, D, N, softplus, scratch) */
  scanBackward: Kernel;
  /** (gate, x, out, rows, size, stride of gate and x) */
  sigmoidGateForward: Kernel;
  /** (dOut, gate, x, dGate, dx, rows, size, stride of gate, x, dGate and dx) */
  sigmoidGateBackward: Kernel;
  /** (x, out, n) */
  squaredReluForward: Kernel;
  /** (dOut, x, dx, n) */
  squaredReluBackward: Kernel;
  /** (x, mix, out, B, L, D) */
  tokenMixForward: Kernel;
  /** (dOut, x, mix, dx, dMix, B, L, D) */
  tokenMixBackward: Kernel;
  /** (k, v, w, u, state or 0, out, lastState, B, L, D) */
  wkvForward: Kernel;
  /** (L) */
  wkvGradScratch: Size;
  /** (dOut, k, v, w, u, dk, dv, dw, du, B, L, D, scratch) */
  wkvBackward: Kernel;
}
