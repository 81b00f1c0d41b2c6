import { fma, loadUpTo4, sigmoid, splat, storeUpTo4, sumLanesOf4 } from '../wasm/simd.as';
import { advanceChannel, advanceKeeping } from './forward.as';
import {
  B, bias, bindInputs, bindScratch, C, CHUNK, D, decayRate, delta, deltaT, driveT, floats, gather, L, N, outT, paddedB, paddedC,
  PITCH, prepareChunk, Q, quadsOf, scanScratch, scatter, skip, startState, state, u, unpadStates, usesSoftplus, z,
} from './shared.as';

// What the backward pass needs beyond the forward one.
let dOut: usize, du: usize, dDelta: usize, dA: usize, dB: usize, dC: usize, dSkip: usize, dz: usize, dBias: usize, dInitial: usize;
let starts: usize, dState: usize, dRate: usize, paddedDB: usize, paddedDC: usize;
let dYT: usize, uT: usize, hidden: usize, decays: usize, accDrive: usize, accRate: usize;

/** Bytes of scratch for the backward pass. */
export function scanGradScratch(length: i32, channels: i32, states: i32): usize {
  const quads = quadsOf(states);
  const chunks = (length + CHUNK - 1) / CHUNK;
  return (
    scanScratch(channels, states) +
    floats((chunks + 2) * channels * quads * 4) +
    floats(2 * CHUNK * quads * 4) +
    floats(2 * channels * PITCH) +
    floats((CHUNK + 1) * 4 * quads + CHUNK * 4 * quads + 2 * PITCH * 4)
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
  uT = dYT + floats(D * PITCH);
  hidden = uT + floats(D * PITCH);
  decays = hidden + floats((CHUNK + 1) * Q * 4);
  accDrive = decays + floats(CHUNK * Q * 4);
  accRate = accDrive + floats(PITCH * 4);
  memory.fill(dRate, 0, floats(D * Q * 4));
  if (dSkip) memory.fill(dSkip, 0, floats(D));
  if (dBias) memory.fill(dBias, 0, floats(D));
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

/** Walks two quads of channel d, from the q-th on, back through the chunk. */
function retreat(d: i32, q: i32, T: i32): void {
  // dΔ needs A itself: A = rate / log2(e).
  const at = floats((d * Q + q) * 4);
  const unit = splat(<f32>0.6931471805599453);
  const A0 = f32x4.mul(v128.load(decayRate + at), unit), A1 = f32x4.mul(v128.load(decayRate + at, 16), unit);
  let dh0 = v128.load(dState + at), dh1 = v128.load(dState + at, 16);
  let dRate0 = v128.load(dRate + at), dRate1 = v128.load(dRate + at, 16);
  const rowBytes = floats(Q * 4);
  const last = <usize>(T - 1);
  let row = last * rowBytes + floats(q * 4);
  let h = hidden + floats(q * 4 * (T + 1)) + (last << 5);
  let decay = decays + floats(q * 4 * T) + (last << 5);
  let token = floats(d * PITCH) + (last << 2);
  let sums = last << 4;
  const b = paddedB, c = paddedC, db = paddedDB, dc = paddedDC, g = dYT, drive = driveT, dt = deltaT;
  const forDrive = accDrive, forStep = accRate;
  for (let t = T; t > 0; t--) {
    const slope = v128.load32_splat(g + token), input = v128.load32_splat(drive + token);
    dh0 = fma(slope, v128.load(c + row), dh0);
    dh1 = fma(slope, v128.load(c + row, 16), dh1);
    v128.store(dc + row, fma(slope, v128.load(h, 32), v128.load(dc + row)));
    v128.store(dc + row, fma(slope, v128.load(h, 48), v128.load(dc + row, 16)), 16);
    v128.store(db + row, fma(dh0, input, v128.load(db + row)));
    v128.store(db + row, fma(dh1, input, v128.load(db + row, 16)), 16);
    const drives = fma(dh0, v128.load(b + row), fma(dh1, v128.load(b + row, 16), v128.load(forDrive + sums)));
    v128.store(forDrive + sums, drives);
    dh0 = f32x4.mul(dh0, v128.load(decay));
    dh1 = f32x4.mul(dh1, v128.load(decay, 16));
    const exponent0 = f32x4.mul(dh0, v128.load(h)), exponent1 = f32x4.mul(dh1, v128.load(h, 16));
    const step = v128.load32_splat(dt + token);
    dRate0 = fma(exponent0, step, dRate0);
    dRate1 = fma(exponent1, step, dRate1);
    v128.store(forStep + sums, fma(exponent0, A0, fma(exponent1, A1, v128.load(forStep + sums))));
    row -= rowBytes;
    h -= 32;
    decay -= 32;
    token -= 4;
    sums -= 16;
  }
  v128.store(dState + at, dh0);
  v128.store(dState + at, dh1, 16);
  v128.store(dRate + at, dRate0);
  v128.store(dRate + at, dRate1, 16);
}

/** Walks channel d back; then Δu becomes d(Δu), and u becomes dΔ, both in place. */
function retreatChannel(d: i32, T: i32): void {
  memory.fill(accDrive, 0, floats(T * 4));
  memory.fill(accRate, 0, floats(T * 4));
  for (let q = 0; q < Q; q += 2) retreat(d, q, T);
  for (let t = 0; t < T; t += 4) {
    const at = floats(d * PITCH + t);
    const dDrive = sumLanesOf4(accDrive + floats(t * 4));
    v128.store(driveT + at, dDrive);
    v128.store(uT + at, fma(dDrive, v128.load(uT + at), sumLanesOf4(accRate + floats(t * 4))));
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
    for (let d = 0; d < D; d++) advanceChannel(d, CHUNK);
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
      memory.copy(state, starts + floats(chunk * D * Q * 4), floats(D * Q * 4));
      for (let d = 0; d < D; d++) {
        advanceKeeping(d, T, hidden, decays);
        retreatChannel(d, T);
      }
      writeGradient(b, start, T);
    }
    if (dInitial) unpadStates(dState, dInitial + floats(b * D * N));
  }
  unpadStates(dRate, dA);
}
