import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/**
 * The scan in WGSL. A workgroup takes one prompt and a tile of channels, one channel a lane; a lane
 * walks the tokens with BLOCK states at a time in registers, so that neither L nor N has a limit.
 * Constants: CHANNELS = D, STATES = N, BLOCK; sizes.length = L, sizes.batch = B.
 */
export interface ScanVariant {
  D: boolean;
  z: boolean;
  deltaBias: boolean;
  initialState: boolean;
  deltaSoftplus: boolean;
}

/** Tokens between two checkpoints of the state. */
export const CHUNK = 16;

/** What differs between the variants, as functions, given where D, deltaBias and initialState lie. */
const variantWgsl = (
  variant: ScanVariant,
  skip: string,
  bias: string,
  initial: string,
): string => /* wgsl */ `
${MATH_WGSL}
const TILES = (CHANNELS + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;

fn raw_delta(i: u32, d: u32) -> f32 { return delta[i]${variant.deltaBias ? ` + ${bias}` : ''}; }
fn step_size(raw: f32) -> f32 { return ${variant.deltaSoftplus ? 'softplus(raw)' : 'raw'}; }
fn step_slope(raw: f32) -> f32 { return ${variant.deltaSoftplus ? 'sigmoid(raw)' : '1.0'}; }
fn skip(d: u32) -> f32 { return ${variant.D ? skip : '0.0'}; }
fn initial_state(i: u32) -> f32 { return ${variant.initialState ? initial : '0.0'}; }
fn gate(i: u32) -> f32 { return ${variant.z ? 'silu(z[i])' : '1.0'}; }
`;

/** Reads u, delta, B, C, z?, channel [A | D? | deltaBias? | initialState?]; writes out, last_state. */
export const forwardWgsl = (variant: ScanVariant): string => {
  const vectors = (count: number, at: string) => `channel[CHANNELS * (STATES + ${count}u) + ${at}]`;
  const bias = variant.D ? 1 : 0;
  const initial = bias + (variant.deltaBias ? 1 : 0);
  const places = [vectors(0, 'd'), vectors(bias, 'd'), vectors(initial, 'i')] as const;
  return `${variantWgsl(variant, ...places)}${FORWARD}`;
};

const FORWARD = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let b = group / TILES;
  let d = (group % TILES) * WORKGROUP_SIZE + lane;
  if (d >= CHANNELS) { return; }
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    var a = array<f32, BLOCK>();
    var h = array<f32, BLOCK>();
    for (var n = 0u; n < count; n++) {
      a[n] = channel[d * STATES + first + n];
      h[n] = initial_state((b * CHANNELS + d) * STATES + first + n);
    }
    for (var t = 0u; t < sizes.length; t++) {
      let row = b * sizes.length + t;
      let i = row * CHANNELS + d;
      let dt = step_size(raw_delta(i, d));
      let drive = dt * u[i];
      var y = 0.0;
      for (var n = 0u; n < count; n++) {
        let at = row * STATES + first + n;
        h[n] = exp_of(dt * a[n]) * h[n] + drive * B[at];
        y += h[n] * C[at];
      }
      if (first > 0u) { y += out[i]; }
      if (first + BLOCK >= STATES) { y = (y + skip(d) * u[i]) * gate(i); }
      out[i] = y;
    }
    for (var n = 0u; n < count; n++) {
      last_state[(b * CHANNELS + d) * STATES + first + n] = h[n];
    }
  }
}
`;

const scratchWgsl = (variant: ScanVariant): string => /* wgsl */ `
${variantWgsl(
  variant,
  'scratch[sizes.at_d + d]',
  'scratch[sizes.at_bias + d]',
  'scratch[sizes.at_initial + i]',
)}
fn checkpoint_at(chunk: u32, b: u32, s: u32, d: u32) -> u32 {
  return sizes.at_checkpoints + ((chunk * sizes.batch + b) * STATES + s) * CHANNELS + d;
}
`;

/** Reads u, delta, z?; stores the state before each chunk in scratch. */
export const checkpointWgsl = (variant: ScanVariant): string =>
  `${scratchWgsl(variant)}${CHECKPOINT}`;

const CHECKPOINT = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let b = group / TILES;
  let d = (group % TILES) * WORKGROUP_SIZE + lane;
  if (d >= CHANNELS) { return; }
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    var a = array<f32, BLOCK>();
    var h = array<f32, BLOCK>();
    for (var n = 0u; n < count; n++) {
      a[n] = scratch[sizes.at_a + d * STATES + first + n];
      h[n] = initial_state((b * CHANNELS + d) * STATES + first + n);
    }
    for (var t = 0u; t < sizes.length; t++) {
      if (t % CHUNK == 0u) {
        for (var n = 0u; n < count; n++) {
          scratch[checkpoint_at(t / CHUNK, b, first + n, d)] = h[n];
        }
      }
      let row = b * sizes.length + t;
      let i = row * CHANNELS + d;
      let dt = step_size(raw_delta(i, d));
      let drive = dt * u[i];
      for (var n = 0u; n < count; n++) {
        h[n] = exp_of(dt * a[n]) * h[n] + drive * scratch[row * STATES + first + n];
      }
    }
  }
}
`;

/**
 * Reads u, delta, z?, d_out; writes du, ddelta, dz?, and partial sums in scratch, which holds
 * [B | C | A | D? | deltaBias? | initialState? | checkpoints | dB of each tile | dC of each tile | dA,
 * dD, dBias of each prompt | dInitialState]. One buffer, because eight is all that WebGPU promises.
 */
export const backwardWgsl = (variant: ScanVariant): string => {
  const dz = 'dz[i] = select(dz[i], 0.0, is_first) + d_out[i] * y * silu_slope(z[i]);';
  return /* wgsl */ `
${scratchWgsl(variant)}
fn store_dz(i: u32, y: f32, is_first: bool) { ${variant.z ? dz : ''} }
${BACKWARD}`;
};

const BACKWARD = /* wgsl */ `
const STRIDE = WORKGROUP_SIZE + 1u;
var<workgroup> terms: array<f32, 2u * BLOCK * STRIDE>;
var<private> a: array<f32, BLOCK>;
var<private> d_a: array<f32, BLOCK>;
var<private> carry: array<f32, BLOCK>;
// The states before each token of the chunk.
var<private> before: array<f32, CHUNK * BLOCK>;
var<private> d_skip: f32;
var<private> d_bias: f32;

fn replay_chunk(b: u32, d: u32, first: u32, count: u32, start: u32, stop: u32) {
  for (var n = 0u; n < count; n++) {
    before[n] = scratch[checkpoint_at(start / CHUNK, b, first + n, d)];
  }
  for (var t = start; t + 1u < stop; t++) {
    let row = b * sizes.length + t;
    let i = row * CHANNELS + d;
    let dt = step_size(raw_delta(i, d));
    let drive = dt * u[i];
    let at = (t - start) * BLOCK;
    for (var n = 0u; n < count; n++) {
      before[at + BLOCK + n] =
        exp_of(dt * a[n]) * before[at + n] + drive * scratch[row * STATES + first + n];
    }
  }
}

fn step_back(row: u32, d: u32, lane: u32, first: u32, count: u32, at: u32) {
  let i = row * CHANNELS + d;
  let raw = raw_delta(i, d);
  let dt = step_size(raw);
  let x = u[i];
  let g = d_out[i] * gate(i);
  let is_first = first == 0u;
  var y = 0.0;
  var d_dt = 0.0;
  var d_x = 0.0;
  for (var n = 0u; n < count; n++) {
    let b_n = scratch[row * STATES + first + n];
    let c_n = scratch[sizes.at_c + row * STATES + first + n];
    let decay = exp_of(dt * a[n]);
    let decayed = decay * before[at + n];
    let h = decayed + dt * x * b_n;
    let d_h = carry[n] + g * c_n;
    y += h * c_n;
    d_dt += d_h * (decayed * a[n] + b_n * x);
    d_x += d_h * dt * b_n;
    d_a[n] += d_h * decayed * dt;
    carry[n] = d_h * decay;
    terms[n * STRIDE + lane] = d_h * dt * x;
    terms[(BLOCK + n) * STRIDE + lane] = g * h;
  }
  if (is_first) {
    y += skip(d) * x;
    d_x += skip(d) * g;
    d_skip += g * x;
  }
  let d_raw = d_dt * step_slope(raw);
  d_bias += d_raw;
  du[i] = select(du[i], 0.0, is_first) + d_x;
  ddelta[i] = select(ddelta[i], 0.0, is_first) + d_raw;
  store_dz(i, y, is_first);
}

// Adds the tile's channels up: lane by lane one column, a state's part of dB or dC.
fn sum_terms(b: u32, t: u32, tile: u32, lane: u32, first: u32, count: u32) {
  let channels = min(WORKGROUP_SIZE, CHANNELS - tile * WORKGROUP_SIZE);
  for (var column = lane; column < 2u * BLOCK; column += WORKGROUP_SIZE) {
    let n = column % BLOCK;
    if (n >= count) { continue; }
    var sum = 0.0;
    for (var k = 0u; k < channels; k++) { sum += terms[column * STRIDE + k]; }
    let part = (column / BLOCK) * TILES + tile;
    let at = (part * sizes.batch + b) * sizes.length + t;
    scratch[sizes.at_parts + at * STATES + first + n] = sum;
  }
}

fn run(group: u32, lane: u32) {
  let b = group / TILES;
  let tile = group % TILES;
  let d = tile * WORKGROUP_SIZE + lane;
  let inside = d < CHANNELS;
  let at_sums = sizes.at_sums + b * CHANNELS * (STATES + 2u);
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    d_a = array<f32, BLOCK>();
    carry = array<f32, BLOCK>();
    if (inside) {
      for (var n = 0u; n < count; n++) { a[n] = scratch[sizes.at_a + d * STATES + first + n]; }
    }
    for (var chunk = (sizes.length + CHUNK - 1u) / CHUNK; chunk > 0u; chunk--) {
      let start = (chunk - 1u) * CHUNK;
      let stop = min(start + CHUNK, sizes.length);
      if (inside) { replay_chunk(b, d, first, count, start, stop); }
      for (var t = stop - 1u; t + 1u > start; t--) {
        if (inside) { step_back(b * sizes.length + t, d, lane, first, count, (t - start) * BLOCK); }
        workgroupBarrier();
        sum_terms(b, t, tile, lane, first, count);
        workgroupBarrier();
      }
    }
    if (inside) {
      for (var n = 0u; n < count; n++) {
        scratch[at_sums + d * STATES + first + n] = d_a[n];
        scratch[sizes.at_d_initial + (b * CHANNELS + d) * STATES + first + n] = carry[n];
      }
    }
  }
  if (inside) {
    scratch[at_sums + CHANNELS * STATES + d] = d_skip;
    scratch[at_sums + CHANNELS * (STATES + 1u) + d] = d_bias;
  }
}
`;
