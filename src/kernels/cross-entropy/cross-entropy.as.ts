import { exp, largestLane, loadUpTo4, splat, storeUpTo4, sumLanes } from '../wasm/simd.as';

/** As in reference.ts, which this language cannot import. */
const IGNORED = -100;

/** Vectors whose sum stays in float32 lanes before it goes into float64. */
const BLOCK = 64;

/** The largest of a row, NaN if any is. */
function largestOf(row: usize, V: i32): f32 {
  let largest = splat(-Infinity);
  const whole = V & ~3;
  for (let c = 0; c < whole; c += 4) largest = f32x4.max(largest, v128.load(row + (<usize>c << 2)));
  let most = largestLane(largest);
  for (let c = whole; c < V; c++) most = max<f32>(most, load<f32>(row + (<usize>c << 2)));
  return most;
}

/** Σ exp(row - largest) */
function sumOfExp(row: usize, V: i32, largest: f32): f64 {
  const shift = splat(largest);
  const whole = V & ~3;
  let total: f64 = 0;
  for (let start = 0; start < whole; start += 4 * BLOCK) {
    let sum = splat(0);
    const end = min(start + 4 * BLOCK, whole);
    for (let c = start; c < end; c += 4) sum = f32x4.add(sum, exp(f32x4.sub(v128.load(row + (<usize>c << 2)), shift)));
    total += <f64>sumLanes(sum);
  }
  for (let c = whole; c < V; c++) {
    total += <f64>f32x4.extract_lane(exp(splat(load<f32>(row + (<usize>c << 2)) - largest)), 0);
  }
  return total;
}

/** ln x of a normal x > 0 or NaN: x = m 2^e with m in [√½, √2), ln m = 2 artanh((m - 1) / (m + 1)). */
function logarithm(x: f64): f64 {
  if (x != x) return x;
  const bits = reinterpret<i64>(x);
  let e = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    e += 1;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  let series: f64 = 0;
  for (let k = 21; k > 0; k -= 2) series = series * q + 2.0 / <f64>k;
  return <f64>e * 0.6931471805599453 + s * series;
}

/** losses [R] and totals [R] = log Σ exp of the rows of logits [R V]; a target IGNORED has loss 0. */
export function crossEntropyForward(logits: usize, targets: usize, losses: usize, totals: usize, R: i32, V: i32): void {
  for (let r = 0; r < R; r++) {
    const at = <usize>r << 2;
    const row = logits + <usize>r * (<usize>V << 2);
    const target = load<i32>(targets + at);
    const largest = largestOf(row, V);
    const total = <f64>largest + logarithm(sumOfExp(row, V, largest));
    store<f32>(totals + at, <f32>total);
    const chosen: f64 = target == IGNORED ? total : <f64>load<f32>(row + (<usize>target << 2));
    store<f32>(losses + at, target == IGNORED ? 0 : <f32>(total - chosen));
  }
}

/** dLogits [R V] = dLoss (exp(logits - totals) - 1 at the target). */
export function crossEntropyBackward(
  dLoss: usize, logits: usize, targets: usize, totals: usize, dLogits: usize, R: i32, V: i32,
): void {
  const rowBytes = <usize>V << 2;
  for (let r = 0; r < R; r++) {
    const at = <usize>r << 2;
    const target = load<i32>(targets + at);
    const g = load<f32>(dLoss + at);
    if (target == IGNORED) memory.fill(dLogits, 0, rowBytes);
    else {
      const total = splat(load<f32>(totals + at));
      for (let c = 0; c < V; c += 4) {
        const p = exp(f32x4.sub(loadUpTo4(logits + (<usize>c << 2), V - c), total));
        storeUpTo4(dLogits + (<usize>c << 2), f32x4.mul(splat(g), p), V - c);
      }
      const chosen = dLogits + (<usize>target << 2);
      store<f32>(chosen, load<f32>(chosen) - g);
    }
    logits += rowBytes;
    dLogits += rowBytes;
  }
}
