import { fma, loadUpTo4, splat, storeUpTo4 } from '../wasm/simd.as';
import { FEW_ROWS, multiplyFewRows } from './rows.as';

/**
 * Matrix products on packed panels. op(B) [K N] is packed into ⌈N/8⌉ panels of [K 8], the last one padded
 * with zeros; a 4 × 8 tile of C stays in registers while k runs. A is read in place through two
 * strides, so that transposing it costs nothing. All strides and offsets are in bytes.
 */
export const PANEL_ROW: usize = 32;

/** Bytes that `packPanels` fills. */
export function packedBytes(K: i32, N: i32): usize {
  return <usize>K * <usize>((N + 7) >> 3) * PANEL_ROW;
}

/** Four rows of four become four columns, a panel row apart; of those the first `count`. */
// @ts-ignore: decorator
@inline
export function transpose4(a: v128, b: v128, c: v128, d: v128, to: usize, count: i32): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(abLow, cdLow, 0, 2));
  if (count > 1) v128.store(to + PANEL_ROW, v128.shuffle<f64>(abLow, cdLow, 1, 3));
  if (count > 2) v128.store(to + 2 * PANEL_ROW, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
  if (count > 3) v128.store(to + 3 * PANEL_ROW, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
}

// @ts-ignore: decorator
@inline
function transposeBlock(from: usize, stride: usize, to: usize): void {
  transpose4(v128.load(from), v128.load(from + stride), v128.load(from + 2 * stride), v128.load(from + 3 * stride), to, 4);
}

/** @param kStride,nStride of op(B) at b */
export function packPanels(b: usize, kStride: usize, nStride: usize, K: i32, N: i32, packed: usize): void {
  for (let n = 0; n < N; n += 8) {
    const columns = min(N - n, 8);
    let source = b + <usize>n * nStride;
    let k = 0;
    for (; kStride == 4 && columns == 8 && k + 4 <= K; k += 4) {
      transposeBlock(source, nStride, packed);
      transposeBlock(source + 4 * nStride, nStride, packed + 16);
      source += 16;
      packed += 4 * PANEL_ROW;
    }
    for (; k < K; k++) {
      if (nStride == 4) {
        v128.store(packed, loadUpTo4(source, columns));
        v128.store(packed, columns > 4 ? loadUpTo4(source + 16, columns - 4) : splat(0), 16);
      } else {
        for (let j = 0; j < 8; j++) {
          const value = j < columns ? load<f32>(source + <usize>j * nStride) : <f32>0;
          store<f32>(packed + (<usize>j << 2), value);
        }
      }
      source += kStride;
      packed += PANEL_ROW;
    }
  }
}

/**
 * C [M N] = (accumulate ? C : bias or 0) + alpha · A · B for packed B.
 * @param panelBytes distance between panels, at least K rows
 * @param bias [N] or 0
 */
export function multiplyPacked(
  a: usize,
  rowStride: usize,
  kStride: usize,
  packed: usize,
  panelBytes: usize,
  c: usize,
  cStride: usize,
  M: i32,
  N: i32,
  K: i32,
  alpha: f32,
  bias: usize,
  accumulate: bool,
): void {
  for (let m = 0; m < M; m += 4) {
    const rows = min(M - m, 4);
    const rowOfA = a + <usize>m * rowStride;
    const rowOfC = c + <usize>m * cStride;
    let panel = packed;
    for (let n = 0; n < N; n += 8) {
      tile(
        rowOfA,
        rowStride,
        kStride,
        panel,
        rowOfC + (<usize>n << 2),
        cStride,
        rows,
        min(N - n, 8),
        K,
        alpha,
        bias ? bias + (<usize>n << 2) : 0,
        accumulate,
      );
      panel += panelBytes;
    }
  }
}

function tile(
  a: usize,
  rowStride: usize,
  kStride: usize,
  panel: usize,
  c: usize,
  cStride: usize,
  rows: i32,
  columns: i32,
  K: i32,
  alpha: f32,
  bias: usize,
  accumulate: bool,
): void {
  // Rows past the end read the last valid one again; they are not stored.
  let a0 = a;
  let a1 = rows > 1 ? a + rowStride : a;
  let a2 = rows > 2 ? a + 2 * rowStride : a1;
  let a3 = rows > 3 ? a + 3 * rowStride : a2;
  let c00 = splat(0), c01 = splat(0), c10 = splat(0), c11 = splat(0);
  let c20 = splat(0), c21 = splat(0), c30 = splat(0), c31 = splat(0);
  for (let end = panel + <usize>K * PANEL_ROW; panel < end; panel += PANEL_ROW) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a0);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
    a0 += kStride;
    a1 += kStride;
    a2 += kStride;
    a3 += kStride;
  }
  const factor = splat(alpha);
  let start = accumulate ? c : bias;
  const step = accumulate ? cStride : 0;
  storeRow(c, c00, c01, columns, factor, start);
  if (rows > 1) storeRow(c + cStride, c10, c11, columns, factor, (start += step));
  if (rows > 2) storeRow(c + 2 * cStride, c20, c21, columns, factor, (start += step));
  if (rows > 3) storeRow(c + 3 * cStride, c30, c31, columns, factor, (start += step));
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, left: v128, right: v128, columns: i32, alpha: v128, start: usize): void {
  if (columns == 8) {
    v128.store(c, start ? fma(left, alpha, v128.load(start)) : f32x4.mul(left, alpha));
    v128.store(c, start ? fma(right, alpha, v128.load(start, 16)) : f32x4.mul(right, alpha), 16);
  } else storePartOfRow(c, left, right, columns, alpha, start);
}

function storePartOfRow(c: usize, left: v128, right: v128, columns: i32, alpha: v128, start: usize): void {
  const before0 = start ? loadUpTo4(start, columns) : splat(0);
  storeUpTo4(c, fma(left, alpha, before0), columns);
  if (columns <= 4) return;
  const before1 = start ? loadUpTo4(start + 16, columns - 4) : splat(0);
  storeUpTo4(c + 16, fma(right, alpha, before1), columns - 4);
}

const K_BLOCK: i32 = 256;
/** Entries of B from which reading it once in place, for few rows of A, is worth its own sums. */
const MANY: i32 = 1 << 14;

/** Bytes of scratch that `gemm` needs. */
export function gemmScratch(N: i32, K: i32): usize {
  const depth = min(K, K_BLOCK);
  return packedBytes(depth, N) + (<usize>depth << 4);
}

/** Four rows of a transposed A, [K 4]: read in place, rows far apart in memory would push each other out of the cache. */
function packRows(a: usize, kStride: usize, rows: i32, K: i32, packed: usize): void {
  for (let k = 0; k < K; k++) {
    v128.store(packed, loadUpTo4(a, rows));
    a += kStride;
    packed += 16;
  }
}

/** As multiplyPacked, for a transposed A. */
function multiplyTransposed(
  a: usize,
  kStride: usize,
  packed: usize,
  panelBytes: usize,
  c: usize,
  cStride: usize,
  M: i32,
  N: i32,
  K: i32,
  bias: usize,
  accumulate: bool,
  rowsAt: usize,
): void {
  for (let m = 0; m < M; m += 4) {
    const rows = min(M - m, 4);
    packRows(a + (<usize>m << 2), kStride, rows, K, rowsAt);
    multiplyPacked(rowsAt, 4, 16, packed, panelBytes, c + <usize>m * cStride, cStride, rows, N, K, 1, bias, accumulate);
  }
}

/**
 * C [M N] = op(A) op(B) + bias, dense row-major operands.
 * @param bias [N] or 0
 */
export function gemm(
  a: usize,
  b: usize,
  c: usize,
  bias: usize,
  M: i32,
  N: i32,
  K: i32,
  transposeA: bool,
  transposeB: bool,
  scratch: usize,
): void {
  if (transposeB && !transposeA && M <= FEW_ROWS && N * K >= MANY) return multiplyFewRows(a, b, c, bias, M, N, K);
  const kStrideA: usize = transposeA ? <usize>M << 2 : 4;
  const kStrideB: usize = transposeB ? 4 : <usize>N << 2;
  const nStride: usize = transposeB ? <usize>K << 2 : 4;
  const cStride = <usize>N << 2;
  for (let k = 0; k < K; k += K_BLOCK) {
    const depth = min(K - k, K_BLOCK);
    packPanels(b + <usize>k * kStrideB, kStrideB, nStride, depth, N, scratch);
    const panelBytes = <usize>depth * PANEL_ROW;
    const block = a + <usize>k * kStrideA;
    if (transposeA) {
      const rowsAt = scratch + packedBytes(depth, N);
      multiplyTransposed(block, kStrideA, scratch, panelBytes, c, cStride, M, N, depth, bias, k > 0, rowsAt);
    } else multiplyPacked(block, <usize>K << 2, 4, scratch, panelBytes, c, cStride, M, N, depth, 1, bias, k > 0);
  }
}

/** sums [n] of the rows of x [R n]. */
export function columnSum(x: usize, rows: i32, n: i32, sums: usize): void {
  memory.fill(sums, 0, <usize>n << 2);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < n; j += 4) {
      const at = sums + (<usize>j << 2);
      const left = n - j;
      storeUpTo4(at, f32x4.add(loadUpTo4(at, left), loadUpTo4(x + (<usize>j << 2), left)), left);
    }
    x += <usize>n << 2;
  }
}
