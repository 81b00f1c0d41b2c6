import { fma, loadUpTo4, sigmoid, splat, storeUpTo4 } from '../wasm/simd.as';

const SLOPE: f32 = 1.5957691216057308; // 2 sqrt(2/π)
const CUBIC: f32 = 0.044715;

/** sigmoid(2 sqrt(2/π) (x + 0.044715 x³)) */
// @ts-ignore: decorator
@inline
function gate(x: v128): v128 {
  const square = f32x4.mul(x, x);
  return sigmoid(f32x4.mul(f32x4.mul(x, splat(SLOPE)), fma(square, splat(CUBIC), splat(1))));
}

export function geluForward(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const lanes = loadUpTo4(x + at, n - i);
    storeUpTo4(out + at, f32x4.mul(lanes, gate(lanes)), n - i);
  }
}

export function geluBackward(dOut: usize, x: usize, dx: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const lanes = loadUpTo4(x + at, n - i);
    const g = gate(lanes);
    const inner = f32x4.mul(fma(f32x4.mul(lanes, lanes), splat(3 * CUBIC), splat(1)), splat(SLOPE));
    const slope = f32x4.mul(f32x4.mul(lanes, inner), f32x4.mul(g, f32x4.sub(splat(1), g)));
    storeUpTo4(dx + at, f32x4.mul(loadUpTo4(dOut + at, n - i), f32x4.add(g, slope)), n - i);
  }
}
