import { BOTTOM, exp2With, fma, loadUpTo4, MAGIC, P0, P1, P2, P3, P4, P5, sigmoid, splat, storeUpTo4, sumLanes, TOP } from '../wasm/simd.as';
import { advanceQuad, sumLanesOver } from './forward.as';
import {
  acc, B, bias, bindInputs, bindScratch, C, CHUNK, D, decayRate, delta, deltaT, driveT, floats, gather, L, N, outT, paddedB,
  paddedC, prepareChunk, Q, scanScratch, scatter, skip, startState, state, u, unpadStates, usesSoftplus, z,
} from './shared.as';

// What the backward pass needs beyond the forward one.
let dOut: usize, du: usize, dDelta: usize, dA: usize, dB: usize, dC: usize, dSkip: usize, dz: usize, dBias: usize, dInitial: usize;
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

/** States at the start of every chunk of prompt b. With one chunk there is nothing to run. */
function storeStarts(b: i32, chunks: i32): void {
  startState(b);
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
  initialAt: usize, duAt: usize, dDeltaAt: usize, dAAt: usize, dBAt: usize, dCAt: usize, dSkipAt: usize, dzAt: usize, dBiasAt: usize,
  dInitialAt: usize, prompts: i32, length: i32, channels: i32, states: i32, softplusOn: bool, scratch: usize,
): void {
  bindInputs(uAt, deltaAt, BAt, CAt, skipAt, zAt, biasAt, initialAt);
  dOut = dOutAt; du = duAt; dDelta = dDeltaAt; dA = dAAt; dB = dBAt; dC = dCAt; dSkip = dSkipAt; dz = dzAt; dBias = dBiasAt; dInitial = dInitialAt;
  bindGradient(bindScratch(length, channels, states, A, softplusOn, scratch));
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
    if (dInitial) unpadStates(dState, dInitial + floats(b * D * N));
  }
  unpadStates(dRate, dA);
}
