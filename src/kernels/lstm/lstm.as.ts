import { multiplyPacked, packPanels, packedBytes } from '../linear/gemm.as';
import { fma, loadUpTo4, sigmoid, splat, storeUpTo4 } from '../wasm/simd.as';

/**
 * The LSTM's recurrence, all prompts at once: a token is one product [B H] · Wᵀ [H 4·H] and then four units
 * a vector. Gates i, f, g, o lie H units apart and are activated in place.
 */
// @ts-ignore: decorator
@inline
function tanh(x: v128): v128 {
  return fma(splat(2), sigmoid(f32x4.add(x, x)), splat(-1));
}

/** One prompt's token: activates its gates, writes its cell and hidden state. */
function advance(gates: usize, held: usize, cell: usize, hidden: usize, H: i32): void {
  const gate = <usize>H << 2;
  for (let j = 0; j < H; j += 4) {
    const left = H - j;
    const at = <usize>j << 2;
    const p = gates + at;
    const i = sigmoid(loadUpTo4(p, left));
    const f = sigmoid(loadUpTo4(p + gate, left));
    const g = tanh(loadUpTo4(p + 2 * gate, left));
    const o = sigmoid(loadUpTo4(p + 3 * gate, left));
    const c = fma(f, loadUpTo4(held + at, left), f32x4.mul(i, g));
    storeUpTo4(p, i, left);
    storeUpTo4(p + gate, f, left);
    storeUpTo4(p + 2 * gate, g, left);
    storeUpTo4(p + 3 * gate, o, left);
    storeUpTo4(cell + at, c, left);
    storeUpTo4(hidden + at, f32x4.mul(o, tanh(c)), left);
  }
}

/** Packs Wᵀ [H 4·H], by which hidden states are multiplied. */
// @ts-ignore: decorator
@inline
function packForward(weight: usize, H: i32, packed: usize): void {
  packPanels(weight, 4, <usize>H << 2, H, 4 * H, packed);
}

/** Bytes of scratch: Wᵀ packed, then gates [B 4·H] and cells [B H] of one token. */
export function lstmScratch(B: i32, H: i32): usize {
  return packedBytes(H, 4 * H) + <usize>B * <usize>H * 20;
}

export function lstmForward(x: usize, weight: usize, out: usize, B: i32, L: i32, H: i32, scratch: usize): void {
  const row = <usize>H << 2, wide = <usize>H << 4;
  const gates = scratch + packedBytes(H, 4 * H);
  const cells = gates + <usize>B * wide;
  packForward(weight, H, scratch);
  memory.fill(cells, 0, <usize>B * row);
  for (let t = 0; t < L; t++) {
    for (let b = 0; b < B; b++) memory.copy(gates + <usize>b * wide, x + <usize>(b * L + t) * wide, wide);
    const before = out + <usize>(t - 1) * row;
    if (t > 0) multiplyPacked(before, <usize>L * row, 4, scratch, <usize>H << 5, gates, wide, B, 4 * H, H, 1, 0, true);
    for (let b = 0; b < B; b++) {
      const cell = cells + <usize>b * row;
      advance(gates + <usize>b * wide, cell, cell, out + <usize>(b * L + t) * row, H);
    }
  }
}

/** Bytes of scratch: Wᵀ and W packed, cells [B L H], gradients of a token's state [2 B H], rows [2 H]. */
export function lstmGradScratch(B: i32, L: i32, H: i32): usize {
  const states = <usize>B * <usize>(L + 2) + 2;
  return packedBytes(H, 4 * H) + packedBytes(4 * H, H) + ((states * <usize>H) << 2);
}

/** Writes dx [B L 4·H] and previous [B L H], the hidden states before each token. */
export function lstmBackward(
  dOut: usize, x: usize, weight: usize, dx: usize, previous: usize,
  B: i32, L: i32, H: i32, scratch: usize,
): void {
  const row = <usize>H << 2, wide = <usize>H << 4;
  const back = scratch + packedBytes(H, 4 * H);
  const cells = back + packedBytes(4 * H, H);
  const dHidden = cells + <usize>(B * L) * row;
  const dCell = dHidden + <usize>B * row;
  const zeros = dCell + <usize>B * row;
  packForward(weight, H, scratch);
  packPanels(weight, row, 4, 4 * H, H, back);
  memory.fill(dHidden, 0, <usize>(2 * B + 1) * row);
  recompute(x, scratch, dx, previous, cells, zeros, B, L, H);

  for (let t = L - 1; t >= 0; t--) {
    for (let b = 0; b < B; b++) {
      const at = <usize>(b * L + t);
      const cell = cells + at * row;
      const state = <usize>b * row;
      retreat(dOut + at * row, dx + at * wide, t > 0 ? cell - row : zeros, cell, dHidden + state, dCell + state, H);
    }
    const gates = dx + <usize>t * wide;
    if (t > 0) multiplyPacked(gates, <usize>L * wide, 4, back, wide << 3, dHidden, row, B, H, 4 * H, 1, 0, false);
  }
}

/** Activated gates into dx, cells, and hidden states one token late. */
function recompute(
  x: usize, packed: usize, dx: usize, previous: usize, cells: usize, zeros: usize, B: i32, L: i32, H: i32,
): void {
  const row = <usize>H << 2, wide = <usize>H << 4;
  const unused = zeros + row;
  memory.copy(dx, x, <usize>(B * L) * wide);
  for (let b = 0; b < B; b++) memory.fill(previous + <usize>(b * L) * row, 0, row);
  for (let t = 0; t < L; t++) {
    const before = previous + <usize>t * row;
    const gates = dx + <usize>t * wide;
    if (t > 0) multiplyPacked(before, <usize>L * row, 4, packed, <usize>H << 5, gates, <usize>L * wide, B, 4 * H, H, 1, 0, true);
    for (let b = 0; b < B; b++) {
      const at = <usize>(b * L + t);
      const cell = cells + at * row;
      const hidden = t + 1 < L ? previous + (at + 1) * row : unused;
      advance(dx + at * wide, t > 0 ? cell - row : zeros, cell, hidden, H);
    }
  }
}

/** One prompt's token backwards: its gates become their gradients, dCell that of the cell before. */
function retreat(dOut: usize, gates: usize, held: usize, cell: usize, dHidden: usize, dCell: usize, H: i32): void {
  const gate = <usize>H << 2;
  const one = splat(1);
  for (let j = 0; j < H; j += 4) {
    const left = H - j;
    const at = <usize>j << 2;
    const p = gates + at;
    const i = loadUpTo4(p, left);
    const f = loadUpTo4(p + gate, left);
    const g = loadUpTo4(p + 2 * gate, left);
    const o = loadUpTo4(p + 3 * gate, left);
    const shown = tanh(loadUpTo4(cell + at, left));
    const dh = f32x4.add(loadUpTo4(dOut + at, left), loadUpTo4(dHidden + at, left));
    const slope = f32x4.mul(o, f32x4.sub(one, f32x4.mul(shown, shown)));
    const dc = fma(dh, slope, loadUpTo4(dCell + at, left));
    const di = f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i)));
    const df = f32x4.mul(f32x4.mul(dc, loadUpTo4(held + at, left)), f32x4.mul(f, f32x4.sub(one, f)));
    const dg = f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g)));
    const dO = f32x4.mul(f32x4.mul(dh, shown), f32x4.mul(o, f32x4.sub(one, o)));
    storeUpTo4(p, di, left);
    storeUpTo4(p + gate, df, left);
    storeUpTo4(p + 2 * gate, dg, left);
    storeUpTo4(p + 3 * gate, dO, left);
    storeUpTo4(dCell + at, f32x4.mul(dc, f), left);
  }
}
