import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/**
 * The scan in WGSL, parallel over prompts, chunks of CHUNK tokens and channels. A chunk takes the state h
 * before it to exp(A ΣΔ) h + e, where e is the state it reaches from zero. So three passes: the `summary` of
 * each chunk (ΣΔ and e), `propagate` from chunk to chunk, and the chunk again from the state that is now
 * known. The gradient of the state obeys the same rule backwards and goes through the same passes.
 *
 * A lane has one channel and BLOCK states at a time in registers, so that neither L nor N has a limit.
 * Constants: CHANNELS = D, STATES = N, BLOCK, CHUNK. `sizes` has length = L, chunks, and where the parts of
 * `scratch` begin: one buffer, because eight is all that WebGPU promises. Its parts:
 * B [B L N], C [B L N], A [D N], D? [D], deltaBias? [D], initialState? [B D N], steps [B chunks D] (ΣΔ),
 * starts [B chunks N D] (e, then the state before the chunk) and, for the gradient, ends (likewise of the
 * gradient after the chunk), parts [2 tiles B L N] of dB and dC, sums [B chunks D (N + 2)] of dA, dD and
 * dBias, and dInitial [B D N].
 */
export interface ScanVariant {
  D: boolean;
  z: boolean;
  deltaBias: boolean;
  deltaSoftplus: boolean;
  initialState: boolean;
  /** The gradient keeps the states between chunks in half precision (op.ts). */
  halfStates: boolean;
}

/** Tokens of a chunk. */
export const CHUNK = 32;

const FLOATS = /* wgsl */ `
fn fetch(i: u32) -> f32 { return scratch[i]; }
fn store(i: u32, x: f32) { scratch[i] = x; }
fn start_of(at: u32) -> f32 { return scratch[sizes.at_starts + at]; }
fn end_of(at: u32) -> f32 { return scratch[sizes.at_ends + at]; }
fn set_start(at: u32, x: f32) { scratch[sizes.at_starts + at] = x; }
fn set_end(at: u32, x: f32) { scratch[sizes.at_ends + at] = x; }
`;

/** The state before and the gradient after a chunk share a word, which one invocation at a time owns. */
const HALVES = /* wgsl */ `
fn fetch(i: u32) -> f32 { return bitcast<f32>(scratch[i]); }
fn store(i: u32, x: f32) { scratch[i] = bitcast<u32>(x); }
fn pair(at: u32) -> vec2f { return unpack2x16float(scratch[sizes.at_starts + at]); }
fn set_pair(at: u32, x: vec2f) { scratch[sizes.at_starts + at] = pack2x16float(x); }
fn start_of(at: u32) -> f32 { return pair(at).x; }
fn end_of(at: u32) -> f32 { return pair(at).y; }
fn set_start(at: u32, x: f32) { set_pair(at, vec2f(x, pair(at).y)); }
fn set_end(at: u32, x: f32) { set_pair(at, vec2f(pair(at).x, x)); }
`;

/** Access to scratch, and where it has the states of a chunk. */
const scratchWgsl = (halfStates: boolean): string => /* wgsl */ `
${MATH_WGSL}
${halfStates ? HALVES : FLOATS}
fn state_at(piece: u32, s: u32, d: u32) -> u32 { return (piece * STATES + s) * CHANNELS + d; }
`;

/** What differs between the variants, as functions, and the places of a chunk and its states. */
export const variantWgsl = (variant: ScanVariant): string => /* wgsl */ `
${scratchWgsl(variant.halfStates)}
const TILES = (CHANNELS + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;

fn raw_delta(i: u32, d: u32) -> f32 {
  return delta[i]${variant.deltaBias ? ' + fetch(sizes.at_bias + d)' : ''};
}
fn step_size(raw: f32) -> f32 { return ${variant.deltaSoftplus ? 'softplus(raw)' : 'raw'}; }
fn step_slope(raw: f32) -> f32 { return ${variant.deltaSoftplus ? 'sigmoid(raw)' : '1.0'}; }
fn skip(d: u32) -> f32 { return ${variant.D ? 'fetch(sizes.at_d + d)' : '0.0'}; }
fn gate(i: u32) -> f32 { return ${variant.z ? 'silu(z[i])' : '1.0'}; }

// The chunk-th chunk of prompt b is piece b · chunks + chunk.
struct Piece { index: u32, tile: u32, first_row: u32, count: u32 }

fn piece_of(group: u32) -> Piece {
  let index = group / TILES;
  let tile = group % TILES;
  let start = index % sizes.chunks * CHUNK;
  let first_row = index / sizes.chunks * sizes.length + start;
  let count = min(CHUNK, sizes.length - start);
  return Piece(index, tile, first_row, count);
}
`;

/** Reads u, delta; for the gradient also z?, d_out. Fills steps, and in starts and ends what a chunk adds. */
export const summaryWgsl = (variant: ScanVariant, forGradient: boolean): string => /* wgsl */ `
${variantWgsl({ ...variant, z: variant.z && forGradient })}
fn run(group: u32, lane: u32) {
  let piece = piece_of(group);
  let d = piece.tile * WORKGROUP_SIZE + lane;
  if (d >= CHANNELS) { return; }
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    var a = array<f32, BLOCK>();
    var h = array<f32, BLOCK>();
    var product = array<f32, BLOCK>();
    var carry = array<f32, BLOCK>();
    for (var n = 0u; n < count; n++) {
      a[n] = fetch(sizes.at_a + d * STATES + first + n);
      product[n] = 1.0;
    }
    var steps = 0.0;
    for (var t = 0u; t < piece.count; t++) {
      let row = piece.first_row + t;
      let i = row * CHANNELS + d;
      let dt = step_size(raw_delta(i, d));
      let drive = dt * u[i];
      ${forGradient ? 'let g = d_out[i] * gate(i);' : ''}
      steps += dt;
      for (var n = 0u; n < count; n++) {
        let at = row * STATES + first + n;
        let decay = exp_of(dt * a[n]);
        h[n] = decay * h[n] + drive * fetch(at);
        ${forGradient ? 'product[n] *= decay; carry[n] += product[n] * g * fetch(sizes.at_c + at);' : ''}
      }
    }
    store(sizes.at_steps + piece.index * CHANNELS + d, steps);
    for (var n = 0u; n < count; n++) {
      let at = state_at(piece.index, first + n, d);
      set_start(at, h[n]);
      ${forGradient ? 'set_end(at, carry[n]);' : ''}
    }
  }
}
`;

/** Turns what chunks add into what they start from; writes last_state, or the gradient's ends and dInitial. */
export const propagateWgsl = (
  { initialState, halfStates }: ScanVariant,
  forGradient: boolean,
): string => /* wgsl */ `
${scratchWgsl(halfStates)}
fn run(group: u32, lane: u32) {
  let column = group * WORKGROUP_SIZE + lane;
  let d = column % CHANNELS;
  let s = column / CHANNELS % STATES;
  let b = column / (CHANNELS * STATES);
  if (b >= sizes.batch) { return; }
  let a = fetch(sizes.at_a + d * STATES + s);
  let at_state = (b * CHANNELS + d) * STATES + s;
  var h = ${initialState ? 'fetch(sizes.at_initial + at_state)' : '0.0'};
  for (var chunk = 0u; chunk < sizes.chunks; chunk++) {
    let piece = b * sizes.chunks + chunk;
    let at = state_at(piece, s, d);
    let added = start_of(at);
    set_start(at, h);
    h = exp_of(a * fetch(sizes.at_steps + piece * CHANNELS + d)) * h + added;
  }
  ${forGradient ? PROPAGATE_BACK : 'last_state[at_state] = h;'}
}
`;

const PROPAGATE_BACK = /* wgsl */ `
  var carry = 0.0;
  for (var chunk = sizes.chunks; chunk > 0u; chunk--) {
    let piece = b * sizes.chunks + chunk - 1u;
    let at = state_at(piece, s, d);
    let added = end_of(at);
    set_end(at, carry);
    carry = exp_of(a * fetch(sizes.at_steps + piece * CHANNELS + d)) * carry + added;
  }
  store(sizes.at_d_initial + at_state, carry);
`;

/** Reads u, delta, z?; with the states before each chunk in scratch, writes out. */
export const forwardWgsl = (variant: ScanVariant): string => /* wgsl */ `
${variantWgsl(variant)}
fn run(group: u32, lane: u32) {
  let piece = piece_of(group);
  let d = piece.tile * WORKGROUP_SIZE + lane;
  if (d >= CHANNELS) { return; }
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    var a = array<f32, BLOCK>();
    var h = array<f32, BLOCK>();
    for (var n = 0u; n < count; n++) {
      a[n] = fetch(sizes.at_a + d * STATES + first + n);
      h[n] = start_of(state_at(piece.index, first + n, d));
    }
    for (var t = 0u; t < piece.count; t++) {
      let row = piece.first_row + t;
      let i = row * CHANNELS + d;
      let dt = step_size(raw_delta(i, d));
      let drive = dt * u[i];
      var y = 0.0;
      for (var n = 0u; n < count; n++) {
        let at = row * STATES + first + n;
        h[n] = exp_of(dt * a[n]) * h[n] + drive * fetch(at);
        y += h[n] * fetch(sizes.at_c + at);
      }
      if (first > 0u) { y += out[i]; }
      if (first + BLOCK >= STATES) { y = (y + skip(d) * u[i]) * gate(i); }
      out[i] = y;
    }
  }
}
`;
