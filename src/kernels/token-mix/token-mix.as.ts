import { fma, loadUpTo4, splat, storeUpTo4 } from '../wasm/simd.as';

/** The token before t at channels d … d+3; zero before the first. */
// @ts-ignore: decorator
@inline
function earlier(x: usize, t: i32, rowBytes: usize, left: i32): v128 {
  return t ? loadUpTo4(x - rowBytes, left) : splat(0);
}

export function tokenMixForward(x: usize, mix: usize, out: usize, B: i32, L: i32, D: i32): void {
  const rowBytes = <usize>D << 2;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < L; t++) {
      for (let d = 0; d < D; d += 4) {
        const at = <usize>d << 2;
        const before = earlier(x + at, t, rowBytes, D - d);
        const change = f32x4.sub(loadUpTo4(x + at, D - d), before);
        storeUpTo4(out + at, fma(loadUpTo4(mix + at, D - d), change, before), D - d);
      }
      x += rowBytes;
      out += rowBytes;
    }
  }
}

export function tokenMixBackward(dOut: usize, x: usize, mix: usize, dx: usize, dMix: usize, B: i32, L: i32, D: i32): void {
  const rowBytes = <usize>D << 2;
  memory.fill(dMix, 0, rowBytes);
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < L; t++) {
      for (let d = 0; d < D; d += 4) {
        const at = <usize>d << 2;
        const left = D - d;
        const g = loadUpTo4(dOut + at, left);
        const share = loadUpTo4(mix + at, left);
        const next = t + 1 < L ? loadUpTo4(dOut + at + rowBytes, left) : splat(0);
        const passed = f32x4.mul(f32x4.sub(splat(1), share), next);
        storeUpTo4(dx + at, fma(share, g, passed), left);
        const change = f32x4.sub(loadUpTo4(x + at, left), earlier(x + at, t, rowBytes, left));
        storeUpTo4(dMix + at, fma(g, change, loadUpTo4(dMix + at, left)), left);
      }
      dOut += rowBytes;
      x += rowBytes;
      dx += rowBytes;
    }
  }
}
