import {
  BOTTOM, boundedExp2, exp2With, fma, largestLane, loadTail, loadUpTo4, MAGIC, P0, P1, P2, P3, P4, P5, sigmoid, splat, storeUpTo4,
  sumLanesOf4, TOP,
} from '../wasm/simd.as';
import {
  acc, bindInputs, bindScratch, CHUNK, D, decayRate, deltaT, driveT, floats, gather, L, outT, paddedB, paddedC, PITCH,
  prepareChunk, Q, rateBound, skip, startState, state, u, unpadStates, z, N,
} from './shared.as';

/** Whether Δ times every rate of channel d stays where exp2 needs no bounds. A NaN may pass: exp2 keeps it. */
export function isBounded(d: i32, T: i32): bool {
  const row = deltaT + floats(d * PITCH);
  let top = splat(0);
  let t = 0;
  for (; t + 4 <= T; t += 4) top = f32x4.pmax(top, f32x4.abs(v128.load(row + floats(t))));
  top = f32x4.pmax(top, f32x4.abs(loadTail(row + floats(t), T - t)));
  return largestLane(top) * load<f32>(rateBound + floats(d)) < 125;
}

/**
 * Takes two quads of channel d, from the q-th on, through the chunk: acc[t] += C_t h_t, four lanes apart.
 * With `keeps`, hidden gets the states before each token and after the last, decays the decays, eight floats each.
 */
// @ts-ignore: decorator
@inline
function advance(d: i32, q: i32, T: i32, bounded: bool, keeps: bool, hidden: usize, decays: usize): void {
  const at = floats((d * Q + q) * 4);
  const rate0 = v128.load(decayRate + at), rate1 = v128.load(decayRate + at, 16);
  const magic = MAGIC, top = TOP, bottom = BOTTOM;
  const p5 = P5, p4 = P4, p3 = P3, p2 = P2, p1 = P1, p0 = P0;
  let h0 = v128.load(state + at), h1 = v128.load(state + at, 16);
  let dt = deltaT + floats(d * PITCH);
  let drive = driveT + floats(d * PITCH);
  let b = paddedB + floats(q * 4);
  let c = paddedC + floats(q * 4);
  const rowBytes = floats(Q * 4);
  let sum = acc;
  for (const end = acc + floats(T * 4); sum < end; sum += 16) {
    if (keeps) {
      v128.store(hidden, h0);
      v128.store(hidden, h1, 16);
      hidden += 32;
    }
    const step = v128.load32_splat(dt);
    let decay0 = f32x4.mul(step, rate0), decay1 = f32x4.mul(step, rate1);
    if (bounded) {
      decay0 = boundedExp2(decay0, magic, p5, p4, p3, p2, p1, p0);
      decay1 = boundedExp2(decay1, magic, p5, p4, p3, p2, p1, p0);
    } else {
      decay0 = exp2With(decay0, magic, top, bottom, p5, p4, p3, p2, p1, p0);
      decay1 = exp2With(decay1, magic, top, bottom, p5, p4, p3, p2, p1, p0);
    }
    if (keeps) {
      v128.store(decays, decay0);
      v128.store(decays, decay1, 16);
      decays += 32;
    }
    const input = v128.load32_splat(drive);
    h0 = fma(decay0, h0, f32x4.mul(input, v128.load(b)));
    h1 = fma(decay1, h1, f32x4.mul(input, v128.load(b, 16)));
    v128.store(sum, fma(v128.load(c), h0, fma(v128.load(c, 16), h1, v128.load(sum))));
    dt += 4;
    drive += 4;
    b += rowBytes;
    c += rowBytes;
  }
  if (keeps) {
    v128.store(hidden, h0);
    v128.store(hidden, h1, 16);
  }
  v128.store(state + at, h0);
  v128.store(state + at, h1, 16);
}

function advanceBounded(d: i32, q: i32, T: i32): void {
  advance(d, q, T, true, false, 0, 0);
}

function advanceFree(d: i32, q: i32, T: i32): void {
  advance(d, q, T, false, false, 0, 0);
}

function keepBounded(d: i32, q: i32, T: i32, hidden: usize, decays: usize): void {
  advance(d, q, T, true, true, hidden, decays);
}

function keepFree(d: i32, q: i32, T: i32, hidden: usize, decays: usize): void {
  advance(d, q, T, false, true, hidden, decays);
}

/** Takes channel d through the chunk; outT gets C · h. */
export function advanceChannel(d: i32, T: i32): void {
  const bounded = isBounded(d, T);
  memory.fill(acc, 0, floats(T * 4));
  for (let q = 0; q < Q; q += 2) {
    if (bounded) advanceBounded(d, q, T);
    else advanceFree(d, q, T);
  }
  sumAcc(d, T);
}

/** The same, keeping states [Q/2 T+1 8] and decays [Q/2 T 8]. */
export function advanceKeeping(d: i32, T: i32, hidden: usize, decays: usize): void {
  const bounded = isBounded(d, T);
  memory.fill(acc, 0, floats(T * 4));
  for (let q = 0; q < Q; q += 2) {
    const hiddenAt = hidden + floats(q * 4 * (T + 1)), decaysAt = decays + floats(q * 4 * T);
    if (bounded) keepBounded(d, q, T, hiddenAt, decaysAt);
    else keepFree(d, q, T, hiddenAt, decaysAt);
  }
  sumAcc(d, T);
}

/** outT of channel d: the sums of the four lanes of acc. Up to three entries past T are written too. */
function sumAcc(d: i32, T: i32): void {
  for (let t = 0; t < T; t += 4) v128.store(outT + floats(d * PITCH + t), sumLanesOf4(acc + floats(t * 4)));
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

export function scanForward(
  uAt: usize, deltaAt: usize, A: usize, BAt: usize, CAt: usize, skipAt: usize, zAt: usize, biasAt: usize,
  initialAt: usize, out: usize, lastState: usize,
  prompts: i32, length: i32, channels: i32, states: i32, softplusOn: bool, scratch: usize,
): void {
  bindInputs(uAt, deltaAt, BAt, CAt, skipAt, zAt, biasAt, initialAt);
  bindScratch(length, channels, states, A, softplusOn, scratch);
  for (let b = 0; b < prompts; b++) {
    startState(b);
    for (let start = 0; start < L; start += CHUNK) {
      const T = min(L - start, CHUNK);
      prepareChunk(b, start, T);
      for (let d = 0; d < D; d++) advanceChannel(d, T);
      writeOut(out, b, start, T);
    }
    unpadStates(state, lastState + floats(b * D * N));
  }
}
