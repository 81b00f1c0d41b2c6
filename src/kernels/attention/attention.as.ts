import { multiplyPacked, packedBytes, packPanels } from '../linear/gemm.as';
import { BOTTOM, boundedExp2, fma, largestLane, LOG2E, MAGIC, P0, P1, P2, P3, P4, P5, splat, sumLanes } from '../wasm/simd.as';

/**
 * Causal attention of one head at a time, in blocks of query rows: scores and probabilities exist for one
 * block only, [BLOCK L]. Key columns after the block's last row are never computed.
 */
const BLOCK: i32 = 32;
const ROW: usize = 32; // bytes a packed panel keeps per k

let L: i32, H: i32, token: usize, scoreRow: usize;
let keysT: usize, values: usize, scores: usize, keys: usize, valuesT: usize, dScores: usize, tile: usize;

// @ts-ignore: decorator
@inline
function floats(count: i32): usize {
  return <usize>count << 2;
}

/** Bytes of scratch for both passes. */
export function attentionScratch(length: i32, head: i32): usize {
  return (
    2 * packedBytes(head, length) +
    2 * packedBytes(length, head) +
    2 * floats(BLOCK * (length + 3)) +
    packedBytes(BLOCK, head)
  );
}

function bind(length: i32, head: i32, channels: i32, scratch: usize): void {
  L = length;
  H = head;
  token = floats(3 * channels);
  scoreRow = floats((length + 3) & ~3);
  keysT = scratch;
  valuesT = keysT + packedBytes(H, L);
  values = valuesT + packedBytes(H, L);
  keys = values + packedBytes(L, H);
  scores = keys + packedBytes(L, H);
  dScores = scores + <usize>BLOCK * scoreRow;
  tile = dScores + <usize>BLOCK * scoreRow;
}

/** Probabilities of query rows first … first + rows - 1 over keys 0 … first + rows - 1. */
function probabilities(q: usize, first: i32, rows: i32): void {
  const seen = first + rows;
  const scale: f32 = 1 / sqrt<f32>(<f32>H);
  multiplyPacked(q, token, 4, keysT, <usize>H * ROW, scores, scoreRow, rows, seen, H, scale, 0, false);
  for (let r = 0; r < rows; r++) {
    softmaxRow(scores + <usize>r * scoreRow, first + r + 1, seen);
  }
}

/** Softmax of the first `count` entries; those up to `seen` become zero. */
export function softmaxRow(row: usize, count: i32, seen: i32): void {
  const padded = (seen + 3) & ~3;
  for (let j = count; j < padded; j++) store<f32>(row + floats(j), <f32>-Infinity);
  let top = splat(-Infinity);
  for (let j = 0; j < count; j += 4) top = f32x4.max(top, v128.load(row + floats(j)));
  const peak = splat(largestLane(top));
  const magic = MAGIC, bottom = BOTTOM, toBinary = splat(LOG2E);
  const p5 = P5, p4 = P4, p3 = P3, p2 = P2, p1 = P1, p0 = P0;
  let sum = splat(0);
  for (let j = 0; j < padded; j += 4) {
    const exponent = f32x4.mul(f32x4.sub(v128.load(row + floats(j)), peak), toBinary);
    const e = boundedExp2(f32x4.pmax(exponent, bottom), magic, p5, p4, p3, p2, p1, p0);
    v128.store(row + floats(j), e);
    sum = f32x4.add(sum, e);
  }
  const inverse = splat(1 / sumLanes(sum));
  for (let j = 0; j < padded; j += 4) {
    v128.store(row + floats(j), f32x4.mul(v128.load(row + floats(j)), inverse));
  }
}

export function attentionForward(qkv: usize, out: usize, prompts: i32, length: i32, channels: i32, heads: i32, scratch: usize): void {
  bind(length, channels / heads, channels, scratch);
  const outRow = floats(channels);
  for (let b = 0; b < prompts; b++) {
    for (let h = 0; h < heads; h++) {
      const q = qkv + <usize>(b * L) * token + floats(h * H);
      const o = out + <usize>(b * L) * outRow + floats(h * H);
      packPanels(q + floats(channels), 4, token, H, L, keysT);
      packPanels(q + floats(2 * channels), token, 4, L, H, values);
      for (let first = 0; first < L; first += BLOCK) {
        const rows = min(L - first, BLOCK);
        probabilities(q + <usize>first * token, first, rows);
        const at = o + <usize>first * outRow;
        multiplyPacked(scores, scoreRow, 4, values, <usize>L * ROW, at, outRow, rows, H, first + rows, 1, 0, false);
      }
    }
  }
}

/** dS = P ∘ (dP - Σ_j dP_j P_j), in place of dP; P is zero past what a row sees. */
function softmaxGradient(rows: i32, seen: i32): void {
  for (let r = 0; r < rows; r++) {
    const p = scores + <usize>r * scoreRow;
    const g = dScores + <usize>r * scoreRow;
    for (let j = seen; j & 3; j++) store<f32>(g + floats(j), 0);
    let along = splat(0);
    for (let j = 0; j < seen; j += 4) {
      along = fma(v128.load(p + floats(j)), v128.load(g + floats(j)), along);
    }
    const mean = splat(sumLanes(along));
    for (let j = 0; j < seen; j += 4) {
      const at = g + floats(j);
      v128.store(at, f32x4.mul(v128.load(p + floats(j)), f32x4.sub(v128.load(at), mean)));
    }
  }
}

export function attentionBackward(dOut: usize, qkv: usize, dQkv: usize, prompts: i32, length: i32, channels: i32, heads: i32, scratch: usize): void {
  bind(length, channels / heads, channels, scratch);
  for (let b = 0; b < prompts; b++) {
    for (let h = 0; h < heads; h++) {
      const offset = <usize>(b * L) * token + floats(h * H);
      backwardHead(dOut + <usize>(b * L) * floats(channels) + floats(h * H), qkv + offset, dQkv + offset, channels);
    }
  }
}

function backwardHead(dO: usize, q: usize, dQ: usize, channels: i32): void {
  const outRow = floats(channels);
  const k = q + floats(channels);
  const v = q + floats(2 * channels);
  const dK = dQ + floats(channels);
  const dV = dQ + floats(2 * channels);
  const scale: f32 = 1 / sqrt<f32>(<f32>H);
  packPanels(k, 4, token, H, L, keysT);
  packPanels(v, 4, token, H, L, valuesT);
  packPanels(k, token, 4, L, H, keys);
  for (let t = 0; t < L; t++) {
    memory.fill(dK + <usize>t * token, 0, floats(H));
    memory.fill(dV + <usize>t * token, 0, floats(H));
  }
  for (let first = 0; first < L; first += BLOCK) {
    const rows = min(L - first, BLOCK);
    const seen = first + rows;
    const qBlock = q + <usize>first * token;
    const dOBlock = dO + <usize>first * outRow;
    probabilities(qBlock, first, rows);
    packPanels(dOBlock, outRow, 4, rows, H, tile);
    multiplyPacked(scores, 4, scoreRow, tile, <usize>rows * ROW, dV, token, seen, H, rows, 1, 0, true);
    multiplyPacked(dOBlock, outRow, 4, valuesT, <usize>H * ROW, dScores, scoreRow, rows, seen, H, 1, 0, false);
    softmaxGradient(rows, seen);
    const dQBlock = dQ + <usize>first * token;
    multiplyPacked(dScores, scoreRow, 4, keys, <usize>L * ROW, dQBlock, token, rows, H, seen, scale, 0, false);
    packPanels(qBlock, token, 4, rows, H, tile);
    multiplyPacked(dScores, 4, scoreRow, tile, <usize>rows * ROW, dK, token, seen, H, rows, scale, 0, true);
  }
}
