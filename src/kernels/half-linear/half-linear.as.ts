import { multiplyPacked, packedBytes, PANEL_ROW, transpose4 } from '../linear/gemm.as';
import { FEW_ROWS, storeColumns } from '../linear/rows.as';
import { fma, HALF_BITS, HALF_REBIAS, loadUpTo4 as loadFloats, splat, storeUpTo4 as storeFloats, sumLanes } from '../wasm/simd.as';

/**
 * Products with matrices whose entries have 16 bits, widened on the way: a bfloat16 is the upper half of a float32;
 * a float16's bits, moved to their places, are the value times 2^-112, subnormal ones included. Rows begin at words
 * of 32 bits.
 */
/** Four entries, in the lower halves of four words whose upper halves repeat the sign. */
// @ts-ignore: decorator
@inline
function widen(words: v128, brain: bool, kept: v128, rebias: v128): v128 {
  if (brain) return i32x4.shl(words, 16);
  return f32x4.mul(v128.and(i32x4.shl(words, 13), kept), rebias);
}

// @ts-ignore: decorator
@inline
function low(halves: v128, brain: bool, kept: v128, rebias: v128): v128 {
  return widen(i32x4.extend_low_i16x8_s(halves), brain, kept, rebias);
}

// @ts-ignore: decorator
@inline
function high(halves: v128, brain: bool, kept: v128, rebias: v128): v128 {
  return widen(i32x4.extend_high_i16x8_s(halves), brain, kept, rebias);
}

/** `count` ≤ 4 entries; the other lanes are zero. */
function loadTail(at: usize, count: i32, brain: bool): v128 {
  let words = i32x4.splat(0);
  if (count > 0) words = i32x4.replace_lane(words, 0, load<i16>(at));
  if (count > 1) words = i32x4.replace_lane(words, 1, load<i16>(at, 2));
  if (count > 2) words = i32x4.replace_lane(words, 2, load<i16>(at, 4));
  if (count > 3) words = i32x4.replace_lane(words, 3, load<i16>(at, 6));
  return brain ? widen(words, true, HALF_BITS, HALF_REBIAS) : widen(words, false, HALF_BITS, HALF_REBIAS);
}

// @ts-ignore: decorator
@inline
function loadUpTo4(at: usize, count: i32, brain: bool): v128 {
  return count >= 4 ? low(v128.load64_zero(at), brain, HALF_BITS, HALF_REBIAS) : loadTail(at, count, brain);
}

// @ts-ignore: decorator
@inline
function rowBytes(K: i32): usize {
  return <usize>((K + 1) >> 1) << 2;
}

/** Bytes of scratch that `halfGemm` needs. */
export function halfScratch(M: i32, N: i32, K: i32): usize {
  return M <= FEW_ROWS ? 4 : packedBytes(min(K, K_BLOCK), N);
}

const K_BLOCK: i32 = 256;

/**
 * c [M N] = a [M K] · b [N K]ᵀ + bias.
 * @param b of 16 bits an entry
 * @param brain whether they are bfloat16 and not float16
 * @param bias [N] or 0
 */
export function halfGemm(
  a: usize, b: usize, c: usize, bias: usize, M: i32, N: i32, K: i32, brain: bool, scratch: usize,
): void {
  if (M <= FEW_ROWS) {
    if (brain) fewRows(a, b, c, bias, M, N, K, true);
    else fewRows(a, b, c, bias, M, N, K, false);
    return;
  }
  for (let k = 0; k < K; k += K_BLOCK) {
    const depth = min(K - k, K_BLOCK);
    if (brain) pack(b + (<usize>k << 1), rowBytes(K), depth, N, scratch, true);
    else pack(b + (<usize>k << 1), rowBytes(K), depth, N, scratch, false);
    multiplyPacked(
      a + (<usize>k << 2), <usize>K << 2, 4, scratch, <usize>depth * PANEL_ROW, c, <usize>N << 2, M, N, depth, 1, bias, k > 0,
    );
  }
}

/** Panels of [K 8] float32, the last one padded with copies that no one stores. */
// @ts-ignore: decorator
@inline
function pack(b: usize, stride: usize, K: i32, N: i32, packed: usize, brain: bool): void {
  for (let n = 0; n < N; n += 8) {
    for (let k = 0; k < K; k += 4) {
      const left = min(K - k, 4);
      const to = packed + <usize>k * PANEL_ROW;
      for (let quad = 0; quad < 8; quad += 4) {
        const at = b + (<usize>k << 1);
        const r0 = loadUpTo4(at + <usize>min(n + quad, N - 1) * stride, left, brain);
        const r1 = loadUpTo4(at + <usize>min(n + quad + 1, N - 1) * stride, left, brain);
        const r2 = loadUpTo4(at + <usize>min(n + quad + 2, N - 1) * stride, left, brain);
        const r3 = loadUpTo4(at + <usize>min(n + quad + 3, N - 1) * stride, left, brain);
        transpose4(r0, r1, r2, r3, to + (<usize>quad << 2), left);
      }
    }
    packed += <usize>K * PANEL_ROW;
  }
}

/** As `multiplyFewRows`. */
// @ts-ignore: decorator
@inline
function fewRows(a: usize, b: usize, c: usize, bias: usize, M: i32, N: i32, K: i32, brain: bool): void {
  const stride = rowBytes(K);
  const kept = HALF_BITS, rebias = HALF_REBIAS;
  for (let n = 0; n < N; n += 4) {
    const rows = min(N - n, 4);
    const b0 = b + <usize>n * stride;
    const b1 = rows > 1 ? b0 + stride : b0;
    const b2 = rows > 2 ? b1 + stride : b1;
    const b3 = rows > 3 ? b2 + stride : b2;
    for (let m = 0; m < M; m++) {
      const x = a + <usize>m * (<usize>K << 2);
      let s0 = splat(0), s1 = splat(0), s2 = splat(0), s3 = splat(0);
      let t0 = splat(0), t1 = splat(0), t2 = splat(0), t3 = splat(0);
      let k = 0;
      for (; k + 8 <= K; k += 8) {
        const x0 = v128.load(x + (<usize>k << 2)), x1 = v128.load(x + (<usize>k << 2), 16);
        const at = <usize>k << 1;
        const h0 = v128.load(b0 + at), h1 = v128.load(b1 + at), h2 = v128.load(b2 + at), h3 = v128.load(b3 + at);
        s0 = fma(x0, low(h0, brain, kept, rebias), s0);
        t0 = fma(x1, high(h0, brain, kept, rebias), t0);
        s1 = fma(x0, low(h1, brain, kept, rebias), s1);
        t1 = fma(x1, high(h1, brain, kept, rebias), t1);
        s2 = fma(x0, low(h2, brain, kept, rebias), s2);
        t2 = fma(x1, high(h2, brain, kept, rebias), t2);
        s3 = fma(x0, low(h3, brain, kept, rebias), s3);
        t3 = fma(x1, high(h3, brain, kept, rebias), t3);
      }
      for (; k < K; k += 4) {
        const left = min(K - k, 4);
        const at = <usize>k << 1;
        const x0 = loadFloats(x + (<usize>k << 2), left);
        s0 = fma(x0, loadUpTo4(b0 + at, left, brain), s0);
        s1 = fma(x0, loadUpTo4(b1 + at, left, brain), s1);
        s2 = fma(x0, loadUpTo4(b2 + at, left, brain), s2);
        s3 = fma(x0, loadUpTo4(b3 + at, left, brain), s3);
      }
      storeColumns(
        c + (<usize>(m * N + n) << 2), bias ? bias + (<usize>n << 2) : 0, rows,
        sumLanes(f32x4.add(s0, t0)), sumLanes(f32x4.add(s1, t1)),
        sumLanes(f32x4.add(s2, t2)), sumLanes(f32x4.add(s3, t3)),
      );
    }
  }
}

/** out [n K] of rows of b [V K]; ids are in 0 … V - 1. */
export function halfRows(ids: usize, b: usize, out: usize, n: i32, K: i32, brain: bool): void {
  for (let i = 0; i < n; i++) {
    const row = b + <usize>load<i32>(ids + (<usize>i << 2)) * rowBytes(K);
    for (let k = 0; k < K; k += 4) {
      const left = min(K - k, 4);
      const at = row + (<usize>k << 1);
      const values = brain ? loadUpTo4(at, left, true) : loadUpTo4(at, left, false);
      storeFloats(out + (<usize>k << 2), values, left);
    }
    out += <usize>K << 2;
  }
}
