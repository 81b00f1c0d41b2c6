/** Four float32 lanes at a time: what the kernels share. Every function lets NaN through. */

/** a·b + c; fused where the module is built with relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** `count` ≤ 4 floats; the other lanes are zero. */
export function loadTail(pointer: usize, count: i32): v128 {
  let lanes = f32x4.splat(0);
  if (count > 0) lanes = f32x4.replace_lane(lanes, 0, load<f32>(pointer));
  if (count > 1) lanes = f32x4.replace_lane(lanes, 1, load<f32>(pointer, 4));
  if (count > 2) lanes = f32x4.replace_lane(lanes, 2, load<f32>(pointer, 8));
  if (count > 3) lanes = f32x4.replace_lane(lanes, 3, load<f32>(pointer, 12));
  return lanes;
}

export function storeTail(pointer: usize, lanes: v128, count: i32): void {
  if (count > 0) store<f32>(pointer, f32x4.extract_lane(lanes, 0));
  if (count > 1) store<f32>(pointer, f32x4.extract_lane(lanes, 1), 4);
  if (count > 2) store<f32>(pointer, f32x4.extract_lane(lanes, 2), 8);
  if (count > 3) store<f32>(pointer, f32x4.extract_lane(lanes, 3), 12);
}

// @ts-ignore: decorator
@inline
export function loadUpTo4(pointer: usize, count: i32): v128 {
  return count >= 4 ? v128.load(pointer) : loadTail(pointer, count);
}

// @ts-ignore: decorator
@inline
export function storeUpTo4(pointer: usize, lanes: v128, count: i32): void {
  if (count >= 4) v128.store(pointer, lanes);
  else storeTail(pointer, lanes, count);
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function sumLanes(lanes: v128): f32 {
  const pairs = f32x4.add(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The largest of four lanes; NaN if any is. */
export function largestLane(lanes: v128): f32 {
  const left: f32 = max<f32>(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1));
  return max<f32>(left, max<f32>(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)));
}

/** Each lane the sum of four lanes: those of source, source + 16, + 32 and + 48. */
// @ts-ignore: decorator
@inline
export function sumLanesOf4(source: usize): v128 {
  const a = v128.load(source), b = v128.load(source, 16), c = v128.load(source, 32), d = v128.load(source, 48);
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

// V8 builds a v128 constant anew at each use, three instructions in the innermost loop; a mutable global is
// one load. `prepare` runs at link time.
export let MAGIC: v128, TOP: v128, BOTTOM: v128;
export let P5: v128, P4: v128, P3: v128, P2: v128, P1: v128, P0: v128;
/** A float16's bits, moved by 13 with its sign repeated above: those that stay, and 2^112 by which they are too small. */
export let HALF_BITS: v128, HALF_REBIAS: v128;
let TO_BINARY: v128, TWO: v128;
let S13: v128, S11: v128, S9: v128, S7: v128, S5: v128, S3: v128;

export function prepare(): void {
  MAGIC = splat(12582912.0 + 127.0);
  TOP = splat(128);
  BOTTOM = splat(-127);
  P5 = splat(0.0013264727065486828);
  P4 = splat(0.009671512648928182);
  P3 = splat(0.05550733743690492);
  P2 = splat(0.24022242085172893);
  P1 = splat(0.6931469775988586);
  P0 = splat(1);
  HALF_BITS = i32x4.splat(0x8fffe000);
  HALF_REBIAS = splat(5.192296858534828e33);
  TO_BINARY = splat(LOG2E);
  TWO = splat(2);
  S13 = splat(<f32>(2.0 / 13.0));
  S11 = splat(<f32>(2.0 / 11.0));
  S9 = splat(<f32>(2.0 / 9.0));
  S7 = splat(<f32>(2.0 / 7.0));
  S5 = splat(<f32>(2.0 / 5.0));
  S3 = splat(<f32>(2.0 / 3.0));
}

/**
 * 2^x, relative error 2e-7. Adding 1.5·2^23 + 127 leaves the biased exponent round(x) + 127 in the low
 * mantissa bits; the fraction goes through a minimax polynomial of degree 5. Below 2^-126 the result is
 * 0, from 2^127.5 infinite.
 */
// @ts-ignore: decorator
@inline
export function exp2(x: v128): v128 {
  return exp2With(x, MAGIC, TOP, BOTTOM, P5, P4, P3, P2, P1, P0);
}

/** `exp2` with its constants in the caller's locals, for innermost loops. */
// @ts-ignore: decorator
@inline
export function exp2With(
  x: v128, magic: v128, top: v128, bottom: v128,
  p5: v128, p4: v128, p3: v128, p2: v128, p1: v128, p0: v128,
): v128 {
  return boundedExp2(f32x4.pmax(f32x4.pmin(x, top), bottom), magic, p5, p4, p3, p2, p1, p0);
}

/** `exp2With` for -127 <= x <= 128, or NaN. */
// @ts-ignore: decorator
@inline
export function boundedExp2(
  x: v128, magic: v128, p5: v128, p4: v128, p3: v128, p2: v128, p1: v128, p0: v128,
): v128 {
  const shifted = f32x4.add(x, magic);
  const fraction = f32x4.sub(x, f32x4.sub(shifted, magic));
  let power = fma(p5, fraction, p4);
  power = fma(power, fraction, p3);
  power = fma(power, fraction, p2);
  power = fma(power, fraction, p1);
  power = fma(power, fraction, p0);
  return f32x4.mul(power, i32x4.shl(shifted, 23));
}

export const LOG2E: f32 = 1.4426950408889634;

/** e^x, relative error 3e-7 + 6e-8 |x|: the product with log2 e is rounded. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  return exp2(f32x4.mul(x, TO_BINARY));
}

// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = P0;
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/** log(1 + e^x) = max(x, 0) + log1p(e^-|x|), the logarithm as 2 artanh(e / (2 + e)). */
export function softplus(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const s = f32x4.div(e, f32x4.add(TWO, e));
  const s2 = f32x4.mul(s, s);
  let series = fma(S13, s2, S11);
  series = fma(series, s2, S9);
  series = fma(series, s2, S7);
  series = fma(series, s2, S5);
  series = fma(series, s2, S3);
  series = fma(series, s2, TWO);
  return fma(series, s, f32x4.pmax(x, splat(0)));
}
