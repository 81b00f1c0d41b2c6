import { largestLane, loadUpTo4, LOG2E, softplus, splat, storeUpTo4 } from '../wasm/simd.as';

/**
 * The selective scan over tokens in chunks of CHUNK. States of one channel are vectorised over N, in
 * pairs of quads of four; N is padded to a multiple of eight with A = B = C = 0. Inside a chunk, token
 * data is kept transposed (channel-major), so that one channel's tokens are contiguous.
 *
 * The backward pass keeps the state at the start of each chunk, recomputes the states and decays of one
 * channel inside a chunk, and walks them back: [B L D N] never exists.
 */
export const CHUNK: i32 = 128;
/** Floats between two channels' tokens: rows a power of two apart would share few cache sets. */
export const PITCH: i32 = CHUNK + 4;

// One set of operands at a time: the module is single-threaded, and passing 20 pointers down costs more.
export let L: i32, D: i32, N: i32, Q: i32; // Q quads a channel, an even number
export let u: usize, delta: usize, B: usize, C: usize, skip: usize, z: usize, bias: usize, initialState: usize;
export let usesSoftplus: bool;
export let decayRate: usize, rateBound: usize, paddedB: usize, paddedC: usize, state: usize;
export let deltaT: usize, driveT: usize, acc: usize, outT: usize;

// @ts-ignore: decorator
@inline
export function floats(count: i32): usize {
  return <usize>count << 2;
}

// @ts-ignore: decorator
@inline
export function quadsOf(states: i32): i32 {
  return ((states + 7) >> 3) << 1;
}

/** Bytes of scratch for the forward pass. */
export function scanScratch(channels: i32, states: i32): usize {
  const quads = quadsOf(states);
  return (
    floats(2 * channels * quads * 4) +
    floats(2 * CHUNK * quads * 4) +
    floats(3 * channels * PITCH) +
    floats(PITCH * 4) +
    floats(channels)
  );
}

export function bindInputs(
  uAt: usize, deltaAt: usize, BAt: usize, CAt: usize, skipAt: usize, zAt: usize, biasAt: usize, initialAt: usize,
): void {
  u = uAt;
  delta = deltaAt;
  B = BAt;
  C = CAt;
  skip = skipAt;
  z = zAt;
  bias = biasAt;
  initialState = initialAt;
}

/** Lays the scratch out, and returns what is left of it. */
export function bindScratch(length: i32, channels: i32, states: i32, A: usize, softplusOn: bool, scratch: usize): usize {
  L = length;
  D = channels;
  N = states;
  Q = quadsOf(states);
  usesSoftplus = softplusOn;
  decayRate = scratch;
  state = decayRate + floats(D * Q * 4);
  paddedB = state + floats(D * Q * 4);
  paddedC = paddedB + floats(CHUNK * Q * 4);
  deltaT = paddedC + floats(CHUNK * Q * 4);
  driveT = deltaT + floats(D * PITCH);
  outT = driveT + floats(D * PITCH);
  acc = outT + floats(D * PITCH);
  rateBound = acc + floats(PITCH * 4);
  for (let d = 0; d < D; d++) {
    let bound = splat(0);
    for (let n = 0; n < Q * 4; n += 4) {
      const rate = f32x4.mul(loadUpTo4(A + floats(d * N + n), N - n), splat(LOG2E));
      v128.store(decayRate + floats(d * Q * 4 + n), rate);
      bound = f32x4.pmax(bound, f32x4.abs(rate));
    }
    store<f32>(rateBound + floats(d), largestLane(bound));
  }
  return rateBound + floats(D);
}

/** Δ = softplus(delta + bias), at a token's channels d … d+3. */
// @ts-ignore: decorator
@inline
function step(pointer: usize, d: i32): v128 {
  let x = loadUpTo4(pointer + floats(d), D - d);
  if (bias) x = f32x4.add(x, loadUpTo4(bias + floats(d), D - d));
  return usesSoftplus ? softplus(x) : x;
}

// @ts-ignore: decorator
@inline
export function scatter(target: usize, lanes: v128, d: i32, t: i32): void {
  const at = target + floats(d * PITCH + t);
  store<f32>(at, f32x4.extract_lane(lanes, 0));
  if (D - d > 1) store<f32>(at, f32x4.extract_lane(lanes, 1), PITCH * 4);
  if (D - d > 2) store<f32>(at, f32x4.extract_lane(lanes, 2), PITCH * 8);
  if (D - d > 3) store<f32>(at, f32x4.extract_lane(lanes, 3), PITCH * 12);
}

// @ts-ignore: decorator
@inline
export function gather(source: usize, d: i32, t: i32): v128 {
  const at = source + floats(d * PITCH + t);
  let lanes = v128.load32_zero(at);
  if (D - d > 1) lanes = f32x4.replace_lane(lanes, 1, load<f32>(at, PITCH * 4));
  if (D - d > 2) lanes = f32x4.replace_lane(lanes, 2, load<f32>(at, PITCH * 8));
  if (D - d > 3) lanes = f32x4.replace_lane(lanes, 3, load<f32>(at, PITCH * 12));
  return lanes;
}

/** Fills Δ, Δu (transposed) and padded B, C for tokens start … start + T - 1 of one prompt. */
export function prepareChunk(b: i32, start: i32, T: i32): void {
  for (let t = 0; t < T; t++) {
    const row = b * L + start + t;
    for (let d = 0; d < D; d += 4) {
      const dt = step(delta + floats(row * D), d);
      scatter(deltaT, dt, d, t);
      scatter(driveT, f32x4.mul(dt, loadUpTo4(u + floats(row * D + d), D - d)), d, t);
    }
    for (let n = 0; n < Q * 4; n += 4) {
      v128.store(paddedB + floats(t * Q * 4 + n), loadUpTo4(B + floats(row * N + n), N - n));
      v128.store(paddedC + floats(t * Q * 4 + n), loadUpTo4(C + floats(row * N + n), N - n));
    }
  }
}

/** Copies [D N] into rows padded to whole quads. */
export function padStates(dense: usize, padded: usize): void {
  for (let d = 0; d < D; d++) {
    for (let n = 0; n < Q * 4; n += 4) {
      v128.store(padded + floats(d * Q * 4 + n), loadUpTo4(dense + floats(d * N + n), N - n));
    }
  }
}

/** The reverse of padStates. */
export function unpadStates(padded: usize, dense: usize): void {
  for (let d = 0; d < D; d++) {
    for (let n = 0; n < N; n += 4) {
      storeUpTo4(dense + floats(d * N + n), v128.load(padded + floats(d * Q * 4 + n)), N - n);
    }
  }
}

/** The state before the first token of prompt b. */
export function startState(b: i32): void {
  if (initialState) padStates(initialState + floats(b * D * N), state);
  else memory.fill(state, 0, floats(D * Q * 4));
}
