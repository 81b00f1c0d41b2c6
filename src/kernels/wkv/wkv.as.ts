import { exp, fma, loadUpTo4, splat, storeUpTo4 } from '../wasm/simd.as';

/**
 * WKV with four channels a vector, token by token. The sums Σ exp(k) v and Σ exp(k) so far are kept as
 * `sum` and `weight` times exp(`top`), `top` being the largest exponent met: joining another term scales
 * one of the two by exp(-|difference|) and leaves the other. The gradient of the state is kept likewise.
 */
const NO_EXPONENT: f32 = -1e30;

/** The factor of what is kept, when a term with an exponent lower by `lead` joins; e = exp(-|lead|). */
// @ts-ignore: decorator
@inline
function keep(lead: v128, e: v128): v128 {
  return v128.bitselect(splat(1), e, f32x4.ge(lead, splat(0)));
}

/** The factor of what joins. */
// @ts-ignore: decorator
@inline
function admit(lead: v128, e: v128): v128 {
  return v128.bitselect(e, splat(1), f32x4.ge(lead, splat(0)));
}

// @ts-ignore: decorator
@inline
function falloff(lead: v128): v128 {
  return exp(f32x4.neg(f32x4.abs(lead)));
}

/** state, lastState [B 3 D]: sum, weight, top. */
export function wkvForward(
  k: usize, v: usize, w: usize, u: usize, state: usize, out: usize, lastState: usize, B: i32, L: i32, D: i32,
): void {
  for (let d = 0; d < D; d += 4) {
    const left = D - d;
    const decay = loadUpTo4(w + (<usize>d << 2), left);
    const bonus = loadUpTo4(u + (<usize>d << 2), left);
    for (let b = 0; b < B; b++) {
      const at = <usize>(b * 3 * D + d) << 2;
      forwardQuad(k, v, state ? state + at : 0, out, lastState + at, decay, bonus, b * L, L, d, D);
    }
  }
}

function forwardQuad(
  k: usize, v: usize, state: usize, out: usize, lastState: usize, decay: v128, bonus: v128, row: i32, L: i32, d: i32, D: i32,
): void {
  const left = D - d;
  const part = <usize>D << 2;
  let sum = splat(0), weight = splat(0), top = splat(NO_EXPONENT);
  if (state) {
    sum = loadUpTo4(state, left);
    weight = loadUpTo4(state + part, left);
    top = loadUpTo4(state + 2 * part, left);
  }
  for (let t = 0; t < L; t++) {
    const at = (<usize>(row + t) * <usize>D + <usize>d) << 2;
    const key = loadUpTo4(k + at, left);
    const value = loadUpTo4(v + at, left);

    let lead = f32x4.sub(top, f32x4.add(bonus, key));
    let e = falloff(lead);
    let old = keep(lead, e), now = admit(lead, e);
    const y = f32x4.div(fma(old, sum, f32x4.mul(now, value)), fma(old, weight, now));
    storeUpTo4(out + at, y, left);

    const held = f32x4.add(top, decay);
    lead = f32x4.sub(held, key);
    e = falloff(lead);
    old = keep(lead, e);
    now = admit(lead, e);
    sum = fma(old, sum, f32x4.mul(now, value));
    weight = fma(old, weight, now);
    top = f32x4.max(held, key);
  }
  storeUpTo4(lastState, sum, left);
  storeUpTo4(lastState + part, weight, left);
  storeUpTo4(lastState + 2 * part, top, left);
}

/** Bytes of scratch for the backward pass: the state before each token, of four channels. */
export function wkvGradScratch(L: i32): usize {
  return <usize>L * 48;
}

export function wkvBackward(
  dOut: usize, k: usize, v: usize, w: usize, u: usize, dk: usize, dv: usize, dw: usize, du: usize,
  B: i32, L: i32, D: i32, scratch: usize,
): void {
  memory.fill(dw, 0, <usize>D << 2);
  memory.fill(du, 0, <usize>D << 2);
  for (let d = 0; d < D; d += 4) {
    const at = <usize>d << 2;
    const decay = loadUpTo4(w + at, D - d);
    const bonus = loadUpTo4(u + at, D - d);
    for (let b = 0; b < B; b++) {
      storeStates(k, v, decay, scratch, b * L, L, d, D);
      backwardQuad(dOut, k, v, dk, dv, dw + at, du + at, decay, bonus, scratch, b * L, L, d, D);
    }
  }
}

function storeStates(k: usize, v: usize, decay: v128, states: usize, row: i32, L: i32, d: i32, D: i32): void {
  const left = D - d;
  let sum = splat(0), weight = splat(0), top = splat(NO_EXPONENT);
  for (let t = 0; t < L; t++) {
    v128.store(states, sum);
    v128.store(states, weight, 16);
    v128.store(states, top, 32);
    const at = (<usize>(row + t) * <usize>D + <usize>d) << 2;
    const key = loadUpTo4(k + at, left);
    const held = f32x4.add(top, decay);
    const lead = f32x4.sub(held, key);
    const e = falloff(lead);
    const old = keep(lead, e), now = admit(lead, e);
    sum = fma(old, sum, f32x4.mul(now, loadUpTo4(v + at, left)));
    weight = fma(old, weight, now);
    top = f32x4.max(held, key);
    states += 48;
  }
}

/** dSum and dWeight, times exp(scale), are the gradients of the state after token t. */
function backwardQuad(
  dOut: usize, k: usize, v: usize, dk: usize, dv: usize, dw: usize, du: usize,
  decay: v128, bonus: v128, states: usize, row: i32, L: i32, d: i32, D: i32,
): void {
  const left = D - d;
  let dSum = splat(0), dWeight = splat(0), scale = splat(NO_EXPONENT);
  let dDecay = splat(0), dBonus = splat(0);
  states += <usize>L * 48;
  for (let t = L - 1; t >= 0; t--) {
    states -= 48;
    const sum = v128.load(states), weight = v128.load(states, 16), top = v128.load(states, 32);
    const at = (<usize>(row + t) * <usize>D + <usize>d) << 2;
    const key = loadUpTo4(k + at, left);
    const value = loadUpTo4(v + at, left);

    const fresh = f32x4.add(bonus, key);
    let lead = f32x4.sub(top, fresh);
    let e = falloff(lead);
    let old = keep(lead, e), now = admit(lead, e);
    const inverse = f32x4.div(splat(1), fma(old, weight, now));
    const y = f32x4.mul(fma(old, sum, f32x4.mul(now, value)), inverse);
    const dTotal = f32x4.mul(loadUpTo4(dOut + at, left), inverse);
    const share = f32x4.mul(now, dTotal);
    const dFresh = f32x4.mul(share, f32x4.sub(value, y));
    dBonus = f32x4.add(dBonus, dFresh);

    const reach = exp(f32x4.add(key, scale));
    storeUpTo4(dv + at, fma(reach, dSum, share), left);
    storeUpTo4(dk + at, fma(reach, fma(value, dSum, dWeight), dFresh), left);
    const held = f32x4.add(scale, decay);
    const carried = fma(dSum, sum, f32x4.mul(dWeight, weight));
    dDecay = fma(exp(f32x4.add(held, top)), carried, dDecay);

    const shown = f32x4.max(top, fresh);
    lead = f32x4.add(held, shown);
    e = falloff(lead);
    old = keep(lead, e);
    now = f32x4.mul(admit(lead, e), dTotal);
    dSum = fma(old, dSum, now);
    dWeight = f32x4.sub(f32x4.mul(old, dWeight), f32x4.mul(now, y));
    scale = f32x4.max(held, f32x4.neg(shown));
  }
  storeUpTo4(dw, f32x4.add(loadUpTo4(dw, left), dDecay), left);
  storeUpTo4(du, f32x4.add(loadUpTo4(du, left), dBonus), left);
}
