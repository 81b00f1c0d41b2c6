import { BOTTOM, exp2With, fma, loadUpTo4, LOG2E, MAGIC, P0, P1, P2, P3, P4, P5, sigmoid, softplus, splat, storeUpTo4, sumLanes, TOP } from '../wasm/simd.as';

/**
 * The selective scan over tokens in chunks of CHUNK. States of one channel are vectorised over N, in
 * quads of four states; N is padded to a multiple of four with A = B = C = 0. Inside a chunk, token
 * data is kept transposed (channel-major), so that one channel's tokens are contiguous.
 *
 * The backward pass keeps the state at the start of each chunk, recomputes the states and decays of one
 * channel inside a chunk, and walks them back: [B L D N] never exists.
 */
const CHUNK: i32 = 128;

// One set of operands at a time: the module is single-threaded, and passing 20 pointers down costs more.
let L: i32, D: i32, N: i32, Q: i32;
let u: usize, delta: usize, B: usize, C: usize, skip: usize, z: usize, bias: usize;
let usesSoftplus: bool;
let decayRate: usize, paddedB: usize, paddedC: usize, state: usize;
let deltaT: usize, driveT: usize, acc: usize, outT: usize;

// @ts-ignore: decorator
@inline
function floats(count: i32): usize {
  return <usize>count << 2;
}

/** Bytes of scratch for the forward pass. */
export function scanScratch(channels: i32, states: i32): usize {
  const quads = (states + 3) >> 2;
  return (
    floats(2 * channels * quads * 4) +
    floats(2 * CHUNK * quads * 4) +
    floats(3 * channels * CHUNK) +
    floats(CHUNK * 4)
  );
}

function bind(length: i32, channels: i32, states: i32, A: usize, softplusOn: bool, scratch: usize): usize {
  L = length;
  D = channels;
  N = states;
  Q = (states + 3) >> 2;
  usesSoftplus = softplusOn;
  decayRate = scratch;
  state = decayRate + floats(D * Q * 4);
  paddedB = state + floats(D * Q * 4);
  paddedC = paddedB + floats(CHUNK * Q * 4);
  deltaT = paddedC + floats(CHUNK * Q * 4);
  driveT = deltaT + floats(D * CHUNK);
  outT = driveT + floats(D * CHUNK);
  acc = outT + floats(D * CHUNK);
  for (let d = 0; d < D; d++) {
    for (let n = 0; n < Q * 4; n += 4) {
      const lanes = loadUpTo4(A + floats(d * N + n), N - n);
      v128.store(decayRate + floats(d * Q * 4 + n), f32x4.mul(lanes, splat(LOG2E)));
    }
  }
  return acc + floats(CHUNK * 4);
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
function scatter(target: usize, lanes: v128, d: i32, t: i32): void {
  const at = target + floats(d * CHUNK + t);
  store<f32>(at, f32x4.extract_lane(lanes, 0));
  if (D - d > 1) store<f32>(at, f32x4.extract_lane(lanes, 1), CHUNK * 4);
  if (D - d > 2) store<f32>(at, f32x4.extract_lane(lanes, 2), CHUNK * 8);
  if (D - d > 3) store<f32>(at, f32x4.extract_lane(lanes, 3), CHUNK * 12);
}

// @ts-ignore: decorator
@inline
function gather(source: usize, d: i32, t: i32): v128 {
  const at = source + floats(d * CHUNK + t);
  let lanes = v128.load32_zero(at);
  if (D - d > 1) lanes = f32x4.replace_lane(lanes, 1, load<f32>(at, CHUNK * 4));
  if (D - d > 2) lanes = f32x4.replace_lane(lanes, 2, load<f32>(at, CHUNK * 8));
  if (D - d > 3) lanes = f32x4.replace_lane(lanes, 3, load<f32>(at, CHUNK * 12));
  return lanes;
}

/** Fills Δ, Δu (transposed) and padded B, C for tokens start … start + T - 1 of one prompt. */
function prepareChunk(b: i32, start: i32, T: i32): void {
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

/** h_t for one quad of channel d; acc[t] (+)= C_t h_t, four lanes apart. */
function advanceQuad(d: i32, q: i32, T: i32): void {
  const rate = v128.load(decayRate + floats((d * Q + q) * 4));
  const stateAt = state + floats((d * Q + q) * 4);
  const rowBytes = floats(Q * 4);
  const magic = MAGIC, top = TOP, bottom = BOTTOM;
  const p5 = P5, p4 = P4, p3 = P3, p2 = P2, p1 = P1, p0 = P0;
  let h = v128.load(stateAt);
  let dt = deltaT + floats(d * CHUNK);
  let drive = driveT + floats(d * CHUNK);
  let b = paddedB + floats(q * 4);
  let c = paddedC + floats(q * 4);
  let sum = acc;
  for (const end = acc + floats(T * 4); sum < end; sum += 16) {
    const exponent = f32x4.mul(v128.load32_splat(dt), rate);
    const decay = exp2With(exponent, magic, top, bottom, p5, p4, p3, p2, p1, p0);
    h = fma(decay, h, f32x4.mul(v128.load32_splat(drive), v128.load(b)));
    v128.store(sum, q ? fma(v128.load(c), h, v128.load(sum)) : f32x4.mul(v128.load(c), h));
    dt += 4;
    drive += 4;
    b += rowBytes;
    c += rowBytes;
  }
  v128.store(stateAt, h);
}

/** target[t] = Σ of the four lanes of source[t]. */
function sumLanesOver(source: usize, target: usize, T: i32): void {
  for (let t = 0; t < T; t++) {
    store<f32>(target + floats(t), sumLanes(v128.load(source + floats(t * 4))));
  }
}

function writeOut(out: usize, b: i32, start: i32, T: i32): void {
  for (let t = 0; t < T; t++) {
    const row = b * L + start + t;
    for (let d = 0; d < D; d += 4) {
      const at = floats(row * D + d);
      let y = gather(outT, d, t);
      if (skip) y = fma(loadUpTo4(skip + floats(d), D - d), loadUpTo4(u + at, D - d), y);
      if (z) {
        const gate = loadUpTo4(z + at, D - d);
        y = f32x4.mul(y, f32x4.mul(gate, sigmoid(gate)));
      }
      storeUpTo4(out + at, y, D - d);
    }
  }
}

function writeState(lastState: usize, b: i32): void {
  for (let d = 0; d < D; d++) {
    for (let n = 0; n < N; n++) {
      store<f32>(lastState + floats((b * D + d) * N + n), load<f32>(state + floats(d * Q * 4 + n)));
    }
  }
}

export function scanForward(
  uAt: usize, deltaAt: usize, A: usize, BAt: usize, CAt: usize, skipAt: usize, zAt: usize, biasAt: usize,
  out: usize, lastState: usize,
  prompts: i32, length: i32, channels: i32, states: i32, softplusOn: bool, scratch: usize,
): void {
  u = uAt; delta = deltaAt; B = BAt; C = CAt; skip = skipAt; z = zAt; bias = biasAt;
  bind(length, channels, states, A, softplusOn, scratch);
  for (let b = 0; b < prompts; b++) {
    memory.fill(state, 0, floats(D * Q * 4));
    for (let start = 0; start < L; start += CHUNK) {
      const T = min(L - start, CHUNK);
      prepareChunk(b, start, T);
      for (let d = 0; d < D; d++) {
        for (let q = 0; q < Q; q++) advanceQuad(d, q, T);
        sumLanesOver(acc, outT + floats(d * CHUNK), T);
      }
      writeOut(out, b, start, T);
    }
    writeState(lastState, b);
  }
}

// What the backward pass needs beyond the forward one.
let dOut: usize, du: usize, dDelta: usize, dA: usize, dB: usize, dC: usize, dSkip: usize, dz: usize, dBias: usize;
let starts: usize, dState: usize, dRate: usize, paddedDB: usize, paddedDC: usize;
let dYT: usize, uT: usize, hidden: usize, decays: usize, accDrive: usize, accRate: usize;

/** Bytes of scratch for the backward pass. */
export function scanGradScratch(length: i32, channels: i32, states: i32): usize {
  const quads = (states + 3) >> 2;
  const chunks = (length + CHUNK - 1) / CHUNK;
  return (
    scanScratch(channels, states) +
    floats((chunks + 2) * channels * quads * 4) +
    floats(2 * CHUNK * quads * 4) +
    floats(2 * channels * CHUNK) +
    floats((CHUNK + 1) * 4 * quads + CHUNK * 4 * quads + 2 * CHUNK * 4)
  );
}

function bindGradient(rest: usize): void {
  const chunks = (L + CHUNK - 1) / CHUNK;
  starts = rest;
  dState = starts + floats(chunks * D * Q * 4);
  dRate = dState + floats(D * Q * 4);
  paddedDB = dRate + floats(D * Q * 4);
  paddedDC = paddedDB + floats(CHUNK * Q * 4);
  dYT = paddedDC + floats(CHUNK * Q * 4);
  uT = dYT + floats(D * CHUNK);
  hidden = uT + floats(D * CHUNK);
  decays = hidden + floats((CHUNK + 1) * Q * 4);
  accDrive = decays + floats(CHUNK * Q * 4);
  accRate = accDrive + floats(CHUNK * 4);
  memory.fill(dRate, 0, floats(D * Q * 4));
  if (dSkip) memory.fill(dSkip, 0, floats(D));
  if (dBias) memory.fill(dBias, 0, floats(D));
}

/** States and decays of channel d inside the chunk, from its stored start; outT gets C · h. */
function recomputeChannel(chunk: i32, d: i32, T: i32): void {
  const rowBytes = floats(Q * 4);
  for (let q = 0; q < Q; q++) {
    const rate = v128.load(decayRate + floats((d * Q + q) * 4));
    const magic = MAGIC, top = TOP, bottom = BOTTOM;
    const p5 = P5, p4 = P4, p3 = P3, p2 = P2, p1 = P1, p0 = P0;
    let h = v128.load(starts + floats(((chunk * D + d) * Q + q) * 4));
    let h0 = hidden + floats(q * (CHUNK + 1) * 4);
    let decayAt = decays + floats(q * CHUNK * 4);
    v128.store(h0, h);
    let dt = deltaT + floats(d * CHUNK);
    let drive = driveT + floats(d * CHUNK);
    let b = paddedB + floats(q * 4);
    let c = paddedC + floats(q * 4);
    let sum = acc;
    for (const end = acc + floats(T * 4); sum < end; sum += 16) {
      const exponent = f32x4.mul(v128.load32_splat(dt), rate);
      const decay = exp2With(exponent, magic, top, bottom, p5, p4, p3, p2, p1, p0);
      h = fma(decay, h, f32x4.mul(v128.load32_splat(drive), v128.load(b)));
      v128.store(decayAt, decay);
      v128.store(h0, h, 16);
      v128.store(sum, q ? fma(v128.load(c), h, v128.load(sum)) : f32x4.mul(v128.load(c), h));
      dt += 4;
      drive += 4;
      h0 += 16;
      decayAt += 16;
      b += rowBytes;
      c += rowBytes;
    }
  }
  sumLanesOver(acc, outT + floats(d * CHUNK), T);
}

/** dY (the gradient before the gate), u transposed, and what the gate and the skip receive. */
function prepareGradient(b: i32, start: i32, T: i32): void {
  for (let t = 0; t < T; t++) {
    const row = b * L + start + t;
    for (let d = 0; d < D; d += 4) {
      const left = D - d;
      const at = floats(row * D + d);
      const input = loadUpTo4(u + at, left);
      let g = loadUpTo4(dOut + at, left);
      if (z) {
        const gate = loadUpTo4(z + at, left);
        g = f32x4.mul(g, f32x4.mul(gate, sigmoid(gate)));
      }
      scatter(dYT, g, d, t);
      scatter(uT, input, d, t);
      if (dSkip) {
        const skipAt = dSkip + floats(d);
        storeUpTo4(skipAt, fma(g, input, loadUpTo4(skipAt, left)), left);
      }
    }
  }
  memory.fill(paddedDB, 0, floats(T * Q * 4));
  memory.fill(paddedDC, 0, floats(T * Q * 4));
}

/** Walks one quad of channel d back through the chunk. */
function retreatQuad(d: i32, q: i32, T: i32): void {
  // dΔ needs A itself: A = rate / log2(e).
  const A = f32x4.mul(v128.load(decayRate + floats((d * Q + q) * 4)), splat(<f32>0.6931471805599453));
  const dStateAt = dState + floats((d * Q + q) * 4);
  const dRateAt = dRate + floats((d * Q + q) * 4);
  let dh = v128.load(dStateAt);
  let dRateSum = v128.load(dRateAt);
  const rowBytes = floats(Q * 4);
  const last = <usize>(T - 1);
  let row = last * rowBytes + floats(q * 4);
  let h = hidden + floats(q * (CHUNK + 1) * 4) + (last << 4);
  let decay = decays + floats(q * CHUNK * 4) + (last << 4);
  let g = dYT + floats(d * CHUNK) + (last << 2);
  let drive = driveT + floats(d * CHUNK) + (last << 2);
  let dt = deltaT + floats(d * CHUNK) + (last << 2);
  let dDrive = accDrive + (last << 4);
  let dDt = accRate + (last << 4);
  const b = paddedB, c = paddedC, db = paddedDB, dc = paddedDC;
  for (const end = accDrive; dDrive >= end; dDrive -= 16) {
    const slope = v128.load32_splat(g);
    dh = fma(slope, v128.load(c + row), dh);
    v128.store(dc + row, fma(slope, v128.load(h, 16), v128.load(dc + row)));
    v128.store(db + row, fma(dh, v128.load32_splat(drive), v128.load(db + row)));
    const forDrive = f32x4.mul(dh, v128.load(b + row));
    v128.store(dDrive, q ? f32x4.add(forDrive, v128.load(dDrive)) : forDrive);
    dh = f32x4.mul(dh, v128.load(decay));
    const forExponent = f32x4.mul(dh, v128.load(h));
    dRateSum = fma(forExponent, v128.load32_splat(dt), dRateSum);
    v128.store(dDt, q ? fma(forExponent, A, v128.load(dDt)) : f32x4.mul(forExponent, A));
    row -= rowBytes;
    h -= 16;
    decay -= 16;
    g -= 4;
    drive -= 4;
    dt -= 4;
    dDt -= 16;
  }
  v128.store(dStateAt, dh);
  v128.store(dRateAt, dRateSum);
}

/** After a channel's quads: Δu becomes d(Δu), and u becomes dΔ, both in place. */
function finishChannel(d: i32, T: i32): void {
  for (let t = 0; t < T; t++) {
    const at = floats(d * CHUNK + t);
    const dDrive = sumLanes(v128.load(accDrive + floats(t * 4)));
    const direct = sumLanes(v128.load(accRate + floats(t * 4)));
    store<f32>(driveT + at, dDrive);
    store<f32>(uT + at, direct + dDrive * load<f32>(uT + at));
  }
}

function writeGradient(b: i32, start: i32, T: i32): void {
  for (let t = 0; t < T; t++) {
    const row = b * L + start + t;
    for (let d = 0; d < D; d += 4) {
      const left = D - d;
      const at = floats(row * D + d);
      let inputGradient = f32x4.mul(gather(deltaT, d, t), gather(driveT, d, t));
      let y = gather(outT, d, t);
      if (skip) {
        const lanes = loadUpTo4(skip + floats(d), left);
        inputGradient = fma(lanes, gather(dYT, d, t), inputGradient);
        y = fma(lanes, loadUpTo4(u + at, left), y);
      }
      storeUpTo4(du + at, inputGradient, left);
      let g = gather(uT, d, t);
      if (usesSoftplus) {
        let x = loadUpTo4(delta + at, left);
        if (bias) x = f32x4.add(x, loadUpTo4(bias + floats(d), left));
        g = f32x4.mul(g, sigmoid(x));
      }
      storeUpTo4(dDelta + at, g, left);
      if (bias) {
        const biasAt = dBias + floats(d);
        storeUpTo4(biasAt, f32x4.add(loadUpTo4(biasAt, left), g), left);
      }
      if (z) {
        const gate = loadUpTo4(z + at, left);
        const s = sigmoid(gate);
        const slope = fma(f32x4.mul(gate, s), f32x4.sub(splat(1), s), s);
        storeUpTo4(dz + at, f32x4.mul(f32x4.mul(loadUpTo4(dOut + at, left), y), slope), left);
      }
    }
    for (let n = 0; n < N; n += 4) {
      storeUpTo4(dB + floats(row * N + n), v128.load(paddedDB + floats(t * Q * 4 + n)), N - n);
      storeUpTo4(dC + floats(row * N + n), v128.load(paddedDC + floats(t * Q * 4 + n)), N - n);
    }
  }
}

/** States at the start of every chunk of prompt b. With one chunk that is zero, and nothing to run. */
function storeStarts(b: i32, chunks: i32): void {
  memory.fill(state, 0, floats(D * Q * 4));
  memory.copy(starts, state, floats(D * Q * 4));
  for (let chunk = 0; chunk + 1 < chunks; chunk++) {
    prepareChunk(b, chunk * CHUNK, CHUNK);
    for (let d = 0; d < D; d++) {
      for (let q = 0; q < Q; q++) advanceQuad(d, q, CHUNK);
    }
    memory.copy(starts + floats((chunk + 1) * D * Q * 4), state, floats(D * Q * 4));
  }
}

export function scanBackward(
  dOutAt: usize, uAt: usize, deltaAt: usize, A: usize, BAt: usize, CAt: usize, skipAt: usize, zAt: usize, biasAt: usize,
  duAt: usize, dDeltaAt: usize, dAAt: usize, dBAt: usize, dCAt: usize, dSkipAt: usize, dzAt: usize, dBiasAt: usize,
  prompts: i32, length: i32, channels: i32, states: i32, softplusOn: bool, scratch: usize,
): void {
  u = uAt; delta = deltaAt; B = BAt; C = CAt; skip = skipAt; z = zAt; bias = biasAt;
  dOut = dOutAt; du = duAt; dDelta = dDeltaAt; dA = dAAt; dB = dBAt; dC = dCAt; dSkip = dSkipAt; dz = dzAt; dBias = dBiasAt;
  bindGradient(bind(length, channels, states, A, softplusOn, scratch));
  const chunks = (L + CHUNK - 1) / CHUNK;
  for (let b = 0; b < prompts; b++) {
    storeStarts(b, chunks);
    memory.fill(dState, 0, floats(D * Q * 4));
    for (let chunk = chunks - 1; chunk >= 0; chunk--) {
      const start = chunk * CHUNK;
      const T = min(L - start, CHUNK);
      prepareChunk(b, start, T);
      prepareGradient(b, start, T);
      for (let d = 0; d < D; d++) {
        recomputeChannel(chunk, d, T);
        for (let q = 0; q < Q; q++) retreatQuad(d, q, T);
        finishChannel(d, T);
      }
      writeGradient(b, start, T);
    }
  }
  for (let d = 0; d < D; d++) {
    for (let n = 0; n < N; n++) {
      store<f32>(dA + floats(d * N + n), load<f32>(dRate + floats(d * Q * 4 + n)));
    }
  }
}
