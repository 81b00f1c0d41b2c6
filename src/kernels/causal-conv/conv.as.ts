import { fma, loadUpTo4, sigmoid, splat, storeUpTo4 } from '../wasm/simd.as';

/** Taps [K D] from weight [D K], so that a tap is contiguous over channels. */
function transposeTaps(weight: usize, D: i32, K: i32, taps: usize): void {
  for (let d = 0; d < D; d++) {
    for (let j = 0; j < K; j++) {
      store<f32>(taps + (<usize>(j * D + d) << 2), load<f32>(weight + (<usize>(d * K + j) << 2)));
    }
  }
}

/** The value before the activation at token t, channels d … d+3. */
// @ts-ignore: decorator
@inline
function preActivation(x: usize, taps: usize, bias: usize, t: i32, d: i32, D: i32, K: i32, left: i32): v128 {
  let pre = loadUpTo4(bias + (<usize>d << 2), left);
  for (let j = max(0, K - 1 - t); j < K; j++) {
    const tap = loadUpTo4(taps + (<usize>(j * D + d) << 2), left);
    pre = fma(tap, loadUpTo4(x + (<usize>((t - K + 1 + j) * D + d) << 2), left), pre);
  }
  return pre;
}

/** Bytes of scratch for the forward pass. */
export function convScratch(D: i32, K: i32): usize {
  return <usize>(D * K) << 2;
}

export function convForward(x: usize, weight: usize, bias: usize, out: usize, B: i32, L: i32, D: i32, K: i32, scratch: usize): void {
  transposeTaps(weight, D, K, scratch);
  const promptBytes = <usize>L * <usize>D << 2;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < L; t++) {
      for (let d = 0; d < D; d += 4) {
        const pre = preActivation(x, scratch, bias, t, d, D, K, D - d);
        storeUpTo4(out + (<usize>(t * D + d) << 2), f32x4.mul(pre, sigmoid(pre)), D - d);
      }
    }
    x += promptBytes;
    out += promptBytes;
  }
}

/** Bytes of scratch for the backward pass: taps, their gradient, and one prompt of dpre. */
export function convGradScratch(L: i32, D: i32, K: i32): usize {
  return 2 * convScratch(D, K) + (<usize>L * <usize>D << 2);
}

export function convBackward(dOut: usize, x: usize, weight: usize, bias: usize, dx: usize, dWeight: usize, dBias: usize, B: i32, L: i32, D: i32, K: i32, scratch: usize): void {
  const taps = scratch;
  const dTaps = taps + convScratch(D, K);
  const dPre = dTaps + convScratch(D, K);
  transposeTaps(weight, D, K, taps);
  memory.fill(dTaps, 0, convScratch(D, K));
  memory.fill(dBias, 0, <usize>D << 2);
  const promptBytes = <usize>L * <usize>D << 2;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < L; t++) backwardToken(dOut, x, taps, bias, dPre, dTaps, dBias, t, D, K);
    for (let t = 0; t < L; t++) inputGradient(dPre, taps, dx, t, L, D, K);
    dOut += promptBytes;
    x += promptBytes;
    dx += promptBytes;
  }
  for (let d = 0; d < D; d++) {
    for (let j = 0; j < K; j++) {
      store<f32>(dWeight + (<usize>(d * K + j) << 2), load<f32>(dTaps + (<usize>(j * D + d) << 2)));
    }
  }
}

/** dPre at token t, and what it adds to the gradients of taps and bias. */
function backwardToken(dOut: usize, x: usize, taps: usize, bias: usize, dPre: usize, dTaps: usize, dBias: usize, t: i32, D: i32, K: i32): void {
  for (let d = 0; d < D; d += 4) {
    const left = D - d;
    const at = <usize>(t * D + d) << 2;
    const pre = preActivation(x, taps, bias, t, d, D, K, left);
    const gate = sigmoid(pre);
    const slope = fma(f32x4.mul(pre, gate), f32x4.sub(splat(1), gate), gate);
    const g = f32x4.mul(loadUpTo4(dOut + at, left), slope);
    storeUpTo4(dPre + at, g, left);
    const biasAt = dBias + (<usize>d << 2);
    storeUpTo4(biasAt, f32x4.add(loadUpTo4(biasAt, left), g), left);
    for (let j = max(0, K - 1 - t); j < K; j++) {
      const tapAt = dTaps + (<usize>(j * D + d) << 2);
      const input = loadUpTo4(x + (<usize>((t - K + 1 + j) * D + d) << 2), left);
      storeUpTo4(tapAt, fma(g, input, loadUpTo4(tapAt, left)), left);
    }
  }
}

function inputGradient(dPre: usize, taps: usize, dx: usize, t: i32, L: i32, D: i32, K: i32): void {
  for (let d = 0; d < D; d += 4) {
    let sum = splat(0);
    for (let j = max(0, t + K - L); j < K; j++) {
      const tap = loadUpTo4(taps + (<usize>(j * D + d) << 2), D - d);
      sum = fma(tap, loadUpTo4(dPre + (<usize>((t + K - 1 - j) * D + d) << 2), D - d), sum);
    }
    storeUpTo4(dx + (<usize>(t * D + d) << 2), sum, D - d);
  }
}
