import { exp2With, fma, loadUpTo4, MAGIC, P0, P1, P2, P3, P4, P5, sigmoid, storeUpTo4, sumLanes, TOP, BOTTOM } from '../wasm/simd.as';
import {
  acc, bindInputs, bindScratch, CHUNK, D, decayRate, deltaT, driveT, floats, gather, L, N, outT, paddedB, paddedC, prepareChunk,
  Q, skip, startState, state, u, unpadStates, z,
} from './shared.as';

/** h_t for one quad of channel d; acc[t] (+)= C_t h_t, four lanes apart. */
export function advanceQuad(d: i32, q: i32, T: i32): void {
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
export function sumLanesOver(source: usize, target: usize, T: i32): void {
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
      for (let d = 0; d < D; d++) {
        for (let q = 0; q < Q; q++) advanceQuad(d, q, T);
        sumLanesOver(acc, outT + floats(d * CHUNK), T);
      }
      writeOut(out, b, start, T);
    }
    unpadStates(state, lastState + floats(b * D * N));
  }
}
