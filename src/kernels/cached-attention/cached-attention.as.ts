import { softmaxRow } from '../attention/attention.as';
import { multiplyPacked, packedBytes, PANEL_ROW, packPanels } from '../linear/gemm.as';
import { fma, loadUpTo4, splat, storeUpTo4, sumLanes } from '../wasm/simd.as';

/** Queries at a time; fewer than FEW of a group are not worth packing keys and values for. */
const BLOCK: i32 = 32;
const FEW: i32 = 4;

let T: i32, H: i32, row: usize, keysT: usize, values: usize, scores: usize, scoreRow: usize;

// @ts-ignore: decorator
@inline
function floats(count: i32): usize {
  return <usize>count << 2;
}

export function cachedAttentionScratch(tokens: i32, head: i32): usize {
  return packedBytes(head, tokens) + packedBytes(tokens, head) + floats(BLOCK * ((tokens + 3) & ~3));
}

/**
 * Attention of the last `length` of `tokens` tokens to those before and themselves, from each prompt's first on.
 * @param q [B length heads·head], k and v [B tokens groups·head]
 * @param first int32 [B]
 */
export function cachedAttention(
  q: usize, k: usize, v: usize, first: usize, out: usize,
  B: i32, length: i32, tokens: i32, heads: i32, groups: i32, head: i32, scratch: usize,
): void {
  H = head;
  row = floats(groups * head);
  scoreRow = floats((tokens + 3) & ~3);
  keysT = scratch;
  values = keysT + packedBytes(head, tokens);
  scores = values + packedBytes(tokens, head);
  const shared = heads / groups;
  const queryRow = floats(heads * head);
  for (let b = 0; b < B; b++) {
    const start = load<i32>(first + floats(b));
    // Queries before the first token see nothing.
    const blind = min(length, max(0, start - (tokens - length)));
    memory.fill(out + <usize>(b * length) * queryRow, 0, <usize>blind * queryRow);
    T = tokens - start;
    const rows = length - blind;
    if (rows == 0) continue;
    for (let g = 0; g < groups; g++) {
      const at = <usize>(b * tokens + start) * row + floats(g * head);
      const isFew = rows * shared <= FEW;
      if (!isFew) pack(k + at, v + at);
      for (let h = g * shared; h < (g + 1) * shared; h++) {
        const from = <usize>(b * length + blind) * queryRow + floats(h * head);
        if (isFew) byRows(q + from, k + at, v + at, out + from, queryRow, rows);
        else byPanels(q + from, out + from, queryRow, rows);
      }
    }
  }
}

function pack(k: usize, v: usize): void {
  packPanels(k, 4, row, H, T, keysT);
  packPanels(v, row, 4, T, H, values);
}

function byPanels(q: usize, out: usize, stride: usize, rows: i32): void {
  const before = T - rows;
  const scale: f32 = 1 / sqrt<f32>(<f32>H);
  for (let from = 0; from < rows; from += BLOCK) {
    const count = min(rows - from, BLOCK);
    const seen = before + from + count;
    const offset = <usize>from * stride;
    multiplyPacked(q + offset, stride, 4, keysT, <usize>H * PANEL_ROW, scores, scoreRow, count, seen, H, scale, 0, false);
    for (let r = 0; r < count; r++) softmaxRow(scores + <usize>r * scoreRow, before + from + r + 1, seen);
    multiplyPacked(scores, scoreRow, 4, values, <usize>T * PANEL_ROW, out + offset, stride, count, H, seen, 1, 0, false);
  }
}

function byRows(q: usize, k: usize, v: usize, out: usize, stride: usize, rows: i32): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>H);
  for (let r = 0; r < rows; r++) {
    const seen = T - rows + r + 1;
    for (let j = 0; j < seen; j++) {
      const key = k + <usize>j * row;
      let sum = splat(0);
      for (let c = 0; c < H; c += 4) sum = fma(loadUpTo4(q + floats(c), H - c), loadUpTo4(key + floats(c), H - c), sum);
      store<f32>(scores + floats(j), scale * sumLanes(sum));
    }
    softmaxRow(scores, seen, seen);
    for (let c = 0; c < H; c += 4) {
      let sum = splat(0);
      let value = v + floats(c);
      for (let j = 0; j < seen; j++) {
        sum = fma(v128.load32_splat(scores + floats(j)), loadUpTo4(value, H - c), sum);
        value += row;
      }
      storeUpTo4(out + floats(c), sum, H - c);
    }
    q += stride;
    out += stride;
  }
}
