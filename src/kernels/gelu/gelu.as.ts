import { BOTTOM, exp2With, fma, loadUpTo4, LOG2E, MAGIC, P0, P1, P2, P3, P4, P5, splat, storeUpTo4, TOP } from '../wasm/simd.as';

const SLOPE: f32 = 1.5957691216057308; // 2 sqrt(2/π)
const CUBIC: f32 = 0.044715;

/** A constant that stays in a register: a product with the global 1 is not folded into one built anew at each use. */
// @ts-ignore: decorator
@inline
function held(value: f32): v128 {
  return f32x4.mul(P0, splat(value));
}

/** out = x g, with the gate g = sigmoid(2 sqrt(2/π) (x + 0.044715 x³)). */
export function geluForward(x: usize, out: usize, n: i32): void {
  const linear = held(-SLOPE * LOG2E), cubic = held(-SLOPE * LOG2E * CUBIC);
  const magic = MAGIC, top = TOP, bottom = BOTTOM;
  const p5 = P5, p4 = P4, p3 = P3, p2 = P2, p1 = P1, one = P0;
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const lanes = loadUpTo4(x + at, n - i);
    const exponent = f32x4.mul(lanes, fma(f32x4.mul(lanes, lanes), cubic, linear));
    const e = exp2With(exponent, magic, top, bottom, p5, p4, p3, p2, p1, one);
    storeUpTo4(out + at, f32x4.div(lanes, f32x4.add(one, e)), n - i);
  }
}

/** dx = dOut (g + x g (1 - g) s), s being the slope of the gate's argument. */
export function geluBackward(dOut: usize, x: usize, dx: usize, n: i32): void {
  const linear = held(-SLOPE * LOG2E), cubic = held(-SLOPE * LOG2E * CUBIC);
  const steep = held(3 * SLOPE * CUBIC), slope = held(SLOPE);
  const magic = MAGIC, top = TOP, bottom = BOTTOM;
  const p5 = P5, p4 = P4, p3 = P3, p2 = P2, p1 = P1, one = P0;
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const lanes = loadUpTo4(x + at, n - i);
    const square = f32x4.mul(lanes, lanes);
    const exponent = f32x4.mul(lanes, fma(square, cubic, linear));
    const e = exp2With(exponent, magic, top, bottom, p5, p4, p3, p2, p1, one);
    const g = f32x4.div(one, f32x4.add(one, e));
    const rise = f32x4.mul(f32x4.mul(lanes, fma(square, steep, slope)), f32x4.sub(one, g));
    storeUpTo4(dx + at, f32x4.mul(loadUpTo4(dOut + at, n - i), fma(g, rise, g)), n - i);
  }
}
