import { fma, loadUpTo4, splat, storeUpTo4, sumLanes } from '../wasm/simd.as';

/** Σ (x - mean)(y - mean) over a row; lanes past the end count as nothing. */
function centredProduct(x: usize, y: usize, mean: f32, D: i32): f32 {
  const shift = splat(mean);
  let sum = splat(0);
  let d = 0;
  for (; d + 4 <= D; d += 4) {
    const at = <usize>d << 2;
    sum = fma(f32x4.sub(v128.load(x + at), shift), f32x4.sub(v128.load(y + at), shift), sum);
  }
  let total = sumLanes(sum);
  for (; d < D; d++) {
    const at = <usize>d << 2;
    total += (load<f32>(x + at) - mean) * (load<f32>(y + at) - mean);
  }
  return total;
}

function rowSum(x: usize, D: i32): f32 {
  let sum = splat(0);
  let d = 0;
  for (; d + 4 <= D; d += 4) sum = f32x4.add(sum, v128.load(x + (<usize>d << 2)));
  let total = sumLanes(sum);
  for (; d < D; d++) total += load<f32>(x + (<usize>d << 2));
  return total;
}

/** bias = 0 means RMSNorm: no centring, no bias. */
export function normForward(x: usize, weight: usize, bias: usize, out: usize, R: i32, D: i32, epsilon: f32): void {
  for (let r = 0; r < R; r++) {
    const mean: f32 = bias ? rowSum(x, D) / <f32>D : 0;
    const inverse: f32 = 1 / sqrt<f32>(centredProduct(x, x, mean, D) / <f32>D + epsilon);
    for (let d = 0; d < D; d += 4) {
      const at = <usize>d << 2;
      const left = D - d;
      const unit = f32x4.mul(f32x4.sub(loadUpTo4(x + at, left), splat(mean)), splat(inverse));
      const start = bias ? loadUpTo4(bias + at, left) : splat(0);
      storeUpTo4(out + at, fma(unit, loadUpTo4(weight + at, left), start), left);
    }
    x += <usize>D << 2;
    out += <usize>D << 2;
  }
}

/** dBias = 0 means RMSNorm. */
export function normBackward(dOut: usize, x: usize, weight: usize, dx: usize, dWeight: usize, dBias: usize, R: i32, D: i32, epsilon: f32): void {
  memory.fill(dWeight, 0, <usize>D << 2);
  if (dBias) memory.fill(dBias, 0, <usize>D << 2);
  for (let r = 0; r < R; r++) {
    backwardRow(dOut, x, weight, dx, dWeight, dBias, D, epsilon);
    dOut += <usize>D << 2;
    x += <usize>D << 2;
    dx += <usize>D << 2;
  }
}

function backwardRow(dOut: usize, x: usize, weight: usize, dx: usize, dWeight: usize, dBias: usize, D: i32, epsilon: f32): void {
  const mean: f32 = dBias ? rowSum(x, D) / <f32>D : 0;
  const inverse: f32 = 1 / sqrt<f32>(centredProduct(x, x, mean, D) / <f32>D + epsilon);
  let along = splat(0);
  let total = splat(0);
  for (let d = 0; d < D; d += 4) {
    const at = <usize>d << 2;
    const left = D - d;
    const g = loadUpTo4(dOut + at, left);
    const unit = f32x4.mul(f32x4.sub(loadUpTo4(x + at, left), splat(mean)), splat(inverse));
    storeUpTo4(dWeight + at, fma(g, unit, loadUpTo4(dWeight + at, left)), left);
    if (dBias) storeUpTo4(dBias + at, f32x4.add(loadUpTo4(dBias + at, left), g), left);
    const scaled = f32x4.mul(g, loadUpTo4(weight + at, left));
    along = fma(scaled, unit, along);
    total = f32x4.add(total, scaled);
  }
  const alongMean = splat(sumLanes(along) / <f32>D);
  const totalMean = splat(dBias ? sumLanes(total) / <f32>D : 0);
  for (let d = 0; d < D; d += 4) {
    const at = <usize>d << 2;
    const left = D - d;
    const unit = f32x4.mul(f32x4.sub(loadUpTo4(x + at, left), splat(mean)), splat(inverse));
    const scaled = f32x4.mul(loadUpTo4(dOut + at, left), loadUpTo4(weight + at, left));
    const tangent = f32x4.sub(f32x4.sub(scaled, totalMean), f32x4.mul(unit, alongMean));
    storeUpTo4(dx + at, f32x4.mul(tangent, splat(inverse)), left);
  }
}
