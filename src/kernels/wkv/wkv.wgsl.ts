import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/**
 * WKV in WGSL: an invocation walks the tokens of one prompt and channel, as wkv.as.ts does, so that L has
 * no limit. Constants: CHANNELS = D; sizes.columns = B·D, sizes.length = L. channel holds w, then u.
 */
const STATE = /* wgsl */ `
${MATH_WGSL}
const NO_EXPONENT = -1e30;

// The factors of what is kept and of what joins, whose exponent is lower by lead.
fn factors(lead: f32) -> vec2f {
  let e = exp_of(-abs(lead));
  return select(vec2f(e, 1.0), vec2f(1.0, e), lead >= 0.0);
}

// Not max, which may drop NaN.
fn higher(a: f32, b: f32) -> f32 {
  return select(b, a, a >= b || is_nan(a));
}

fn first_index(column: u32) -> u32 {
  return column / CHANNELS * sizes.length * CHANNELS + column % CHANNELS;
}

struct State { sum: f32, weight: f32, top: f32 }

fn advance(s: State, key: f32, value: f32, decay: f32) -> State {
  let held = s.top + decay;
  let f = factors(held - key);
  return State(f.x * s.sum + f.y * value, f.x * s.weight + f.y, higher(held, key));
}
`;

const START = 'State(state[at], state[at + CHANNELS], state[at + 2u * CHANNELS])';

/** Reads k, v, channel, state?; writes out, last_state; states [B 3 D]: sum, weight, top. */
export const forwardWgsl = (hasState: boolean): string => /* wgsl */ `
${STATE}
fn run(group: u32, lane: u32) {
  let column = group * WORKGROUP_SIZE + lane;
  if (column >= sizes.columns) { return; }
  let decay = channel[column % CHANNELS];
  let bonus = channel[CHANNELS + column % CHANNELS];
  let at = column / CHANNELS * 3u * CHANNELS + column % CHANNELS;
  var s = ${hasState ? START : 'State(0.0, 0.0, NO_EXPONENT)'};
  var i = first_index(column);
  for (var t = 0u; t < sizes.length; t++) {
    let f = factors(s.top - (bonus + k[i]));
    out[i] = (f.x * s.sum + f.y * v[i]) / (f.x * s.weight + f.y);
    s = advance(s, k[i], v[i], decay);
    i += CHANNELS;
  }
  last_state[at] = s.sum;
  last_state[at + CHANNELS] = s.weight;
  last_state[at + 2u * CHANNELS] = s.top;
}
`;

/**
 * Reads d_out, k, v, channel; writes dk, dv, and parts [B 2 D]: each prompt's dw and du. On the way forward
 * dk, dv and tops [B L D] keep the state before each token, which the way back replaces by gradients.
 */
export const BACKWARD_WGSL = /* wgsl */ `
${STATE}
fn run(group: u32, lane: u32) {
  let column = group * WORKGROUP_SIZE + lane;
  if (column >= sizes.columns) { return; }
  let d = column % CHANNELS;
  let decay = channel[d];
  let bonus = channel[CHANNELS + d];
  var s = State(0.0, 0.0, NO_EXPONENT);
  var i = first_index(column);
  for (var t = 0u; t < sizes.length; t++) {
    dk[i] = s.sum;
    dv[i] = s.weight;
    tops[i] = s.top;
    s = advance(s, k[i], v[i], decay);
    i += CHANNELS;
  }
  // The gradients of the state after token t are these times exp(scale).
  var d_sum = 0.0;
  var d_weight = 0.0;
  var scale = NO_EXPONENT;
  var d_decay = 0.0;
  var d_bonus = 0.0;
  for (var t = 0u; t < sizes.length; t++) {
    i -= CHANNELS;
    s = State(dk[i], dv[i], tops[i]);
    let fresh = bonus + k[i];
    let f = factors(s.top - fresh);
    let total = f.x * s.weight + f.y;
    let y = (f.x * s.sum + f.y * v[i]) / total;
    let d_total = d_out[i] / total;
    let d_fresh = f.y * d_total * (v[i] - y);
    d_bonus += d_fresh;
    let reach = exp_of(k[i] + scale);
    dv[i] = f.y * d_total + reach * d_sum;
    dk[i] = d_fresh + reach * (v[i] * d_sum + d_weight);
    let held = scale + decay;
    d_decay += exp_of(held + s.top) * (d_sum * s.sum + d_weight * s.weight);
    let shown = higher(s.top, fresh);
    let g = factors(held + shown);
    d_sum = g.x * d_sum + g.y * d_total;
    d_weight = g.x * d_weight - g.y * d_total * y;
    scale = higher(held, -shown);
  }
  let at = column / CHANNELS * 2u * CHANNELS + d;
  parts[at] = d_decay;
  parts[at + CHANNELS] = d_bonus;
}
`;
