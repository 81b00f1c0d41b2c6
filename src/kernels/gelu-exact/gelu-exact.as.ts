import { exp, fma, loadUpTo4, splat, storeUpTo4 } from '../wasm/simd.as';

const ROOT_HALF: f32 = 0.7071067811865476;
const DENSITY: f32 = 0.3989422804014327; // 1 / sqrt(2π)

/** exp(-x²/2) */
// @ts-ignore: decorator
@inline
function bell(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), splat(-0.5)));
}

/**
 * Φ(x) from erfc(z) = exp(-z²) t P(t), t = 1 / (1 + 0.425 z), z = |x| / √2; P is the polynomial whose largest
 * relative error is smallest over z < 10.5, 1.7e-7.
 */
// @ts-ignore: decorator
@inline
function distribution(x: v128, bellOfX: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), splat(ROOT_HALF));
  const t = f32x4.div(splat(1), fma(z, splat(0.425), splat(1)));
  let p = splat(0.07085601427723777);
  p = fma(p, t, splat(-0.3105753322122331));
  p = fma(p, t, splat(0.4031926725131658));
  p = fma(p, t, splat(-0.09920422007257151));
  p = fma(p, t, splat(0.25296231358387494));
  p = fma(p, t, splat(0.20134363993683202));
  p = fma(p, t, splat(0.241739621949634));
  p = fma(p, t, splat(0.23968512470743614));
  const tail = f32x4.mul(f32x4.mul(splat(0.5), bellOfX), f32x4.mul(p, t));
  return v128.bitselect(f32x4.sub(splat(1), tail), tail, f32x4.gt(x, splat(0)));
}

export function geluExactForward(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const lanes = loadUpTo4(x + at, n - i);
    storeUpTo4(out + at, f32x4.mul(lanes, distribution(lanes, bell(lanes))), n - i);
  }
}

export function geluExactBackward(dOut: usize, x: usize, dx: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const lanes = loadUpTo4(x + at, n - i);
    const height = bell(lanes);
    const density = f32x4.mul(height, splat(DENSITY));
    const slope = fma(lanes, density, distribution(lanes, height));
    storeUpTo4(dx + at, f32x4.mul(loadUpTo4(dOut + at, n - i), slope), n - i);
  }
}
