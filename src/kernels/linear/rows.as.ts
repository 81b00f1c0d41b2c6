import { fma, splat, sumLanes } from '../wasm/simd.as';

/** Rows of x for which multiplying in place is faster than packing b first. */
export const FEW_ROWS: i32 = 8;

/**
 * c [M N] = a [M K] · b [N K]ᵀ + bias, for few rows of a: four rows of b are read side by side, once, in place.
 * @param bias [N] or 0
 */
export function multiplyFewRows(a: usize, b: usize, c: usize, bias: usize, M: i32, N: i32, K: i32): void {
  const stride = <usize>K << 2;
  for (let n = 0; n < N; n += 4) {
    const rows = min(N - n, 4);
    const b0 = b + <usize>n * stride;
    const b1 = rows > 1 ? b0 + stride : b0;
    const b2 = rows > 2 ? b1 + stride : b1;
    const b3 = rows > 3 ? b2 + stride : b2;
    for (let m = 0; m < M; m++) {
      const x = a + <usize>m * stride;
      let s0 = splat(0), s1 = splat(0), s2 = splat(0), s3 = splat(0);
      let t0 = splat(0), t1 = splat(0), t2 = splat(0), t3 = splat(0);
      let k = 0;
      for (; k + 8 <= K; k += 8) {
        const at = <usize>k << 2;
        const x0 = v128.load(x + at), x1 = v128.load(x + at, 16);
        s0 = fma(x0, v128.load(b0 + at), s0);
        t0 = fma(x1, v128.load(b0 + at, 16), t0);
        s1 = fma(x0, v128.load(b1 + at), s1);
        t1 = fma(x1, v128.load(b1 + at, 16), t1);
        s2 = fma(x0, v128.load(b2 + at), s2);
        t2 = fma(x1, v128.load(b2 + at, 16), t2);
        s3 = fma(x0, v128.load(b3 + at), s3);
        t3 = fma(x1, v128.load(b3 + at, 16), t3);
      }
      let y0 = sumLanes(f32x4.add(s0, t0)), y1 = sumLanes(f32x4.add(s1, t1));
      let y2 = sumLanes(f32x4.add(s2, t2)), y3 = sumLanes(f32x4.add(s3, t3));
      for (; k < K; k++) {
        const at = <usize>k << 2;
        const value = load<f32>(x + at);
        y0 += value * load<f32>(b0 + at);
        y1 += value * load<f32>(b1 + at);
        y2 += value * load<f32>(b2 + at);
        y3 += value * load<f32>(b3 + at);
      }
      storeColumns(c + (<usize>(m * N + n) << 2), bias ? bias + (<usize>n << 2) : 0, rows, y0, y1, y2, y3);
    }
  }
}

/** Up to four neighbours of a row, with what is added to them. */
export function storeColumns(c: usize, bias: usize, count: i32, y0: f32, y1: f32, y2: f32, y3: f32): void {
  store<f32>(c, bias ? y0 + load<f32>(bias) : y0);
  if (count > 1) store<f32>(c, bias ? y1 + load<f32>(bias, 4) : y1, 4);
  if (count > 2) store<f32>(c, bias ? y2 + load<f32>(bias, 8) : y2, 8);
  if (count > 3) store<f32>(c, bias ? y3 + load<f32>(bias, 12) : y3, 12);
}
