import { fma, loadUpTo4, splat, storeUpTo4 } from '../wasm/simd.as';

/**
 * The long convolution, four channels a vector, directly: O(L²) in tiles of 4 × 4 tokens held in registers.
 * A quad of channels is first packed, token after token, 16 bytes each, and padded with zeros to a
 * multiple of four tokens. Both gradients are causal convolutions too, once time runs backwards:
 * with g'[r] = dOut[L-1-r], du[L-1-r] = (K ∗ g')[r] and dK[L-1-r] = (u ∗ g')[r].
 */
// @ts-ignore: decorator
@inline
function padded(L: i32): i32 {
  return (L + 3) & ~3;
}

/** Tokens of channels d … d+3 at x, `step` bytes apart. */
function pack(x: usize, step: isize, L: i32, left: i32, packed: usize): void {
  for (let t = 0; t < L; t++) {
    v128.store(packed, loadUpTo4(x, left));
    x += step;
    packed += 16;
  }
  memory.fill(packed, 0, <usize>(padded(L) - L) << 4);
}

function unpack(packed: usize, x: usize, step: isize, L: i32, left: i32): void {
  for (let t = 0; t < L; t++) {
    storeUpTo4(x, v128.load(packed), left);
    x += step;
    packed += 16;
  }
}

/** out_t = (accumulate ? out_t : 0) + Σ_{s ≤ t} a_s b_{t-s}, for `length` packed tokens, a multiple of 4. */
function convolve(a: usize, b: usize, out: usize, length: i32, accumulate: bool): void {
  for (let t = 0; t < length; t += 4) {
    const target = out + (<usize>t << 4);
    let y0 = splat(0), y1 = splat(0), y2 = splat(0), y3 = splat(0);
    if (accumulate) {
      y0 = v128.load(target);
      y1 = v128.load(target, 16);
      y2 = v128.load(target, 32);
      y3 = v128.load(target, 48);
    }
    let lag = b + (<usize>t << 4);
    let source = a;
    for (; lag > b; lag -= 64) {
      const a0 = v128.load(source), a1 = v128.load(source, 16);
      const a2 = v128.load(source, 32), a3 = v128.load(source, 48);
      const b0 = v128.load(lag), b1 = v128.load(lag, 16), b2 = v128.load(lag, 32), b3 = v128.load(lag, 48);
      const c1 = v128.load(lag - 16), c2 = v128.load(lag - 32), c3 = v128.load(lag - 48);
      y0 = fma(a0, b0, fma(a1, c1, fma(a2, c2, fma(a3, c3, y0))));
      y1 = fma(a0, b1, fma(a1, b0, fma(a2, c1, fma(a3, c2, y1))));
      y2 = fma(a0, b2, fma(a1, b1, fma(a2, b0, fma(a3, c1, y2))));
      y3 = fma(a0, b3, fma(a1, b2, fma(a2, b1, fma(a3, b0, y3))));
      source += 64;
    }
    const a0 = v128.load(source), a1 = v128.load(source, 16);
    const a2 = v128.load(source, 32), a3 = v128.load(source, 48);
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    v128.store(target, fma(a0, b0, y0));
    v128.store(target, fma(a0, b1, fma(a1, b0, y1)), 16);
    v128.store(target, fma(a0, b2, fma(a1, b1, fma(a2, b0, y2))), 32);
    v128.store(target, fma(a0, b3, fma(a1, b2, fma(a2, b1, fma(a3, b0, y3)))), 48);
  }
}

/** Packs K and adds the skip connection, which is a lag of zero. */
function packKernel(K: usize, D: usize, step: isize, L: i32, left: i32, packed: usize): void {
  pack(K, step, L, left, packed);
  v128.store(packed, f32x4.add(v128.load(packed), loadUpTo4(D, left)));
}

/** Bytes of scratch for the forward pass. */
export function longConvScratch(L: i32): usize {
  return <usize>padded(L) * 48;
}

export function longConvForward(u: usize, K: usize, D: usize, out: usize, B: i32, L: i32, H: i32, scratch: usize): void {
  const length = padded(L);
  const kernel = scratch;
  const input = kernel + (<usize>length << 4);
  const result = input + (<usize>length << 4);
  const step = <isize>H << 2;
  const promptBytes = <usize>L * <usize>H << 2;
  for (let h = 0; h < H; h += 4) {
    const at = <usize>h << 2;
    packKernel(K + at, D + at, step, L, H - h, kernel);
    for (let b = 0; b < B; b++) {
      const prompt = <usize>b * promptBytes + at;
      pack(u + prompt, step, L, H - h, input);
      convolve(input, kernel, result, length, false);
      unpack(result, out + prompt, step, L, H - h);
    }
  }
}

/** Bytes of scratch for the backward pass. */
export function longConvGradScratch(L: i32): usize {
  return <usize>padded(L) * 80;
}

export function longConvBackward(dOut: usize, u: usize, K: usize, D: usize, du: usize, dK: usize, dD: usize, B: i32, L: i32, H: i32, scratch: usize): void {
  const length = padded(L);
  const quadBytes = <usize>length << 4;
  const kernel = scratch;
  const input = kernel + quadBytes;
  const slope = input + quadBytes;
  const result = slope + quadBytes;
  const dKernel = result + quadBytes;
  const step = <isize>H << 2;
  const promptBytes = <usize>L * <usize>H << 2;
  const lastRow = <usize>(L - 1) * <usize>step;
  for (let h = 0; h < H; h += 4) {
    const at = <usize>h << 2;
    const left = H - h;
    packKernel(K + at, D + at, step, L, left, kernel);
    memory.fill(dKernel, 0, quadBytes);
    for (let b = 0; b < B; b++) {
      const prompt = <usize>b * promptBytes + at;
      pack(u + prompt, step, L, left, input);
      pack(dOut + prompt + lastRow, -step, L, left, slope);
      convolve(slope, kernel, result, length, false);
      unpack(result, du + prompt + lastRow, -step, L, left);
      convolve(slope, input, dKernel, length, true);
    }
    unpack(dKernel, dK + at + lastRow, -step, L, left);
    storeUpTo4(dD + at, v128.load(dKernel + (<usize>(L - 1) << 4)), left);
  }
}
