/**
 * What `index.as.ts` exports: each function's operands as its source spells them. Addresses of optional tensors
 * are `ABSENT` where there is none. A test compares this list with the sources.
 */
export const SIGNATURES = {
  adamUpdate:
    '(parameter: usize, m: usize, v: usize, gradient: usize, n: i32, stepSize: f32, rootCorrection: f32, beta1: f64, beta2: f64, epsilon: f32): void',
  attentionBackward:
    '(dOut: usize, qkv: usize, dQkv: usize, prompts: i32, length: i32, channels: i32, heads: i32, scratch: usize): void',
  attentionForward:
    '(qkv: usize, out: usize, prompts: i32, length: i32, channels: i32, heads: i32, scratch: usize): void',
  attentionScratch: '(length: i32, head: i32): usize',
  cachedAttention:
    '(q: usize, k: usize, v: usize, first: usize, out: usize, B: i32, length: i32, tokens: i32, heads: i32, groups: i32, head: i32, scratch: usize): void',
  cachedAttentionScratch: '(tokens: i32, head: i32): usize',
  columnSum: '(x: usize, rows: i32, n: i32, sums: usize): void',
  convBackward:
    '(dOut: usize, x: usize, weight: usize, bias: usize, dx: usize, dWeight: usize, dBias: usize, B: i32, L: i32, D: i32, K: i32, scratch: usize): void',
  convForward:
    '(x: usize, weight: usize, bias: usize, out: usize, B: i32, L: i32, D: i32, K: i32, scratch: usize): void',
  convGradScratch: '(L: i32, D: i32, K: i32): usize',
  convScratch: '(D: i32, K: i32): usize',
  copyColumns: '(from: usize, fromRow: i32, to: usize, toRow: i32, rows: i32, size: i32): void',
  crossEntropyBackward:
    '(dLoss: usize, logits: usize, targets: usize, totals: usize, dLogits: usize, R: i32, V: i32): void',
  crossEntropyForward:
    '(logits: usize, targets: usize, losses: usize, totals: usize, R: i32, V: i32): void',
  embeddingBackward: '(dOut: usize, ids: usize, dWeight: usize, n: i32, V: i32, D: i32): void',
  embeddingForward: '(ids: usize, weight: usize, out: usize, n: i32, D: i32): void',
  geluBackward: '(dOut: usize, x: usize, dx: usize, n: i32): void',
  geluExactBackward: '(dOut: usize, x: usize, dx: usize, n: i32): void',
  geluExactForward: '(x: usize, out: usize, n: i32): void',
  geluForward: '(x: usize, out: usize, n: i32): void',
  gemm: '(a: usize, b: usize, c: usize, bias: usize, M: i32, N: i32, K: i32, transposeA: bool, transposeB: bool, scratch: usize): void',
  gemmScratch: '(N: i32, K: i32): usize',
  halfGemm:
    '(a: usize, b: usize, c: usize, bias: usize, M: i32, N: i32, K: i32, brain: bool, scratch: usize): void',
  halfRows: '(ids: usize, b: usize, out: usize, n: i32, K: i32, brain: bool): void',
  halfScratch: '(M: i32, N: i32, K: i32): usize',
  longConvBackward:
    '(dOut: usize, u: usize, K: usize, D: usize, du: usize, dK: usize, dD: usize, B: i32, L: i32, H: i32, scratch: usize): void',
  longConvForward:
    '(u: usize, K: usize, D: usize, out: usize, B: i32, L: i32, H: i32, scratch: usize): void',
  longConvGradScratch: '(L: i32): usize',
  longConvScratch: '(L: i32): usize',
  lstmBackward:
    '(dOut: usize, x: usize, weight: usize, dx: usize, previous: usize, B: i32, L: i32, H: i32, scratch: usize): void',
  lstmForward:
    '(x: usize, weight: usize, out: usize, B: i32, L: i32, H: i32, scratch: usize): void',
  lstmGradScratch: '(B: i32, L: i32, H: i32): usize',
  lstmScratch: '(B: i32, H: i32): usize',
  normBackward:
    '(dOut: usize, x: usize, weight: usize, dx: usize, dWeight: usize, dBias: usize, R: i32, D: i32, epsilon: f32): void',
  normForward:
    '(x: usize, weight: usize, bias: usize, out: usize, R: i32, D: i32, epsilon: f32): void',
  prepare: '(): void',
  rotaryTurn:
    '(x: usize, table: usize, out: usize, B: i32, T: i32, L: i32, D: i32, heads: i32, R: i32, paired: bool, inverse: bool): void',
  scanBackward:
    '(dOutAt: usize, uAt: usize, deltaAt: usize, A: usize, BAt: usize, CAt: usize, skipAt: usize, zAt: usize, biasAt: usize, initialAt: usize, duAt: usize, dDeltaAt: usize, dAAt: usize, dBAt: usize, dCAt: usize, dSkipAt: usize, dzAt: usize, dBiasAt: usize, dInitialAt: usize, prompts: i32, length: i32, channels: i32, states: i32, softplusOn: bool, scratch: usize): void',
  scanForward:
    '(uAt: usize, deltaAt: usize, A: usize, BAt: usize, CAt: usize, skipAt: usize, zAt: usize, biasAt: usize, initialAt: usize, out: usize, lastState: usize, prompts: i32, length: i32, channels: i32, states: i32, softplusOn: bool, scratch: usize): void',
  scanGradScratch: '(length: i32, channels: i32, states: i32): usize',
  scanScratch: '(channels: i32, states: i32): usize',
  sigmoidGateBackward:
    '(dOut: usize, gate: usize, x: usize, dGate: usize, dx: usize, rows: i32, size: i32, stride: i32): void',
  sigmoidGateForward:
    '(gate: usize, x: usize, out: usize, rows: i32, size: i32, stride: i32): void',
  squaredReluBackward: '(dOut: usize, x: usize, dx: usize, n: i32): void',
  squaredReluForward: '(x: usize, out: usize, n: i32): void',
  tokenMixBackward:
    '(dOut: usize, x: usize, mix: usize, dx: usize, dMix: usize, B: i32, L: i32, D: i32): void',
  tokenMixForward: '(x: usize, mix: usize, out: usize, B: i32, L: i32, D: i32): void',
  wkvBackward:
    '(dOut: usize, k: usize, v: usize, w: usize, u: usize, dk: usize, dv: usize, dw: usize, du: usize, B: i32, L: i32, D: i32, scratch: usize): void',
  wkvForward:
    '(k: usize, v: usize, w: usize, u: usize, state: usize, out: usize, lastState: usize, B: i32, L: i32, D: i32): void',
  wkvGradScratch: '(L: i32): usize',
} as const;

declare const isAddress: unique symbol;

/** Where data lies in the module's memory, in bytes: no count, nor the other way round. */
export type Address = number & { readonly [isAddress]: true };

/** The address of a tensor that is not there. */
export const ABSENT = 0 as Address;

/** AssemblyScript's types, as operands. */
interface Kinds {
  usize: Address;
  i32: number;
  f32: number;
  f64: number;
  bool: boolean;
}

type Operand<Text extends string> = Text extends `${infer Name}: ${infer Kind extends keyof Kinds}`
  ? Record<Name, Kinds[Kind]>
  : unknown;

type Operands<List extends string> = List extends `${infer First}, ${infer Rest}`
  ? Operand<First> & Operands<Rest>
  : Operand<List>;

type Flat<T> = { [Key in keyof T]: T[Key] };

type Exported<Signature extends string> = Signature extends `(): void`
  ? () => void
  : Signature extends `(${infer List}): ${infer Result}`
    ? (operands: Flat<Operands<List>>) => Result extends 'usize' ? number : void
    : never;

/** The kernels, each of which takes its operands by name; sizes of scratch are in bytes. */
export type WasmExports = {
  [Name in keyof typeof SIGNATURES]: Exported<(typeof SIGNATURES)[Name]>;
};

type Positional = (...operands: unknown[]) => unknown;

/** Gives the functions of a compiled module their operands' names. */
export function named(exports: WebAssembly.Exports): WasmExports {
  const kernels = Object.entries(SIGNATURES).map(([name, signature]) => [
    name,
    byName(exports[name] as Positional, operandNames(signature)),
  ]);
  return Object.fromEntries(kernels) as WasmExports;
}

const operandNames = (signature: string): string[] =>
  [...signature.matchAll(/(\w+): \w+(?=[,)])/g)].map(([, name]) => name as string);

function byName(kernel: Positional, names: string[]) {
  const count = names.length;
  const values = Array.from<unknown>({ length: count });
  return (operands: Record<string, unknown>) => {
    for (let i = 0; i < count; i++) values[i] = operands[names[i] as string];
    return kernel(...values);
  };
}
