import { variantWgsl } from './scan.wgsl.ts';
import type { ScanVariant } from './scan.wgsl.ts';

/**
 * The gradient's last pass; layout in scan.wgsl.ts. Reads u, delta, z?, d_out, and in scratch the state before
 * and the gradient after each chunk; writes du, ddelta, dz?, and in scratch the partial sums.
 */
export const backwardWgsl = (variant: ScanVariant): string => {
  const dz = 'dz[i] = select(dz[i], 0.0, is_first) + d_out[i] * y * silu_slope(z[i]);';
  return /* wgsl */ `
${variantWgsl(variant)}
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

fn replay(piece: Piece, d: u32, first: u32, count: u32) {
  d_a = array<f32, BLOCK>();
  for (var n = 0u; n < count; n++) {
    let at = state_at(piece.index, first + n, d);
    a[n] = fetch(sizes.at_a + d * STATES + first + n);
    before[n] = start_of(at);
    carry[n] = end_of(at);
  }
  for (var t = 0u; t + 1u < piece.count; t++) {
    let row = piece.first_row + t;
    let i = row * CHANNELS + d;
    let dt = step_size(raw_delta(i, d));
    let drive = dt * u[i];
    let at = t * BLOCK;
    for (var n = 0u; n < count; n++) {
      before[at + BLOCK + n] =
        exp_of(dt * a[n]) * before[at + n] + drive * fetch(row * STATES + first + n);
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
    let b_n = fetch(row * STATES + first + n);
    let c_n = fetch(sizes.at_c + row * STATES + first + n);
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
fn sum_terms(row: u32, tile: u32, lane: u32, first: u32, count: u32) {
  let channels = min(WORKGROUP_SIZE, CHANNELS - tile * WORKGROUP_SIZE);
  for (var column = lane; column < 2u * BLOCK; column += WORKGROUP_SIZE) {
    let n = column % BLOCK;
    if (n >= count) { continue; }
    var sum = 0.0;
    for (var k = 0u; k < channels; k++) { sum += terms[column * STRIDE + k]; }
    let part = (column / BLOCK) * TILES + tile;
    let at = part * sizes.batch * sizes.length + row;
    store(sizes.at_parts + at * STATES + first + n, sum);
  }
}

fn run(group: u32, lane: u32) {
  let piece = piece_of(group);
  let d = piece.tile * WORKGROUP_SIZE + lane;
  let inside = d < CHANNELS;
  let at_sums = sizes.at_sums + piece.index * CHANNELS * (STATES + 2u);
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    if (inside) { replay(piece, d, first, count); }
    for (var t = piece.count; t > 0u; t--) {
      let row = piece.first_row + t - 1u;
      if (inside) { step_back(row, d, lane, first, count, (t - 1u) * BLOCK); }
      workgroupBarrier();
      sum_terms(row, piece.tile, lane, first, count);
      workgroupBarrier();
    }
    if (inside) {
      for (var n = 0u; n < count; n++) { store(at_sums + d * STATES + first + n, d_a[n]); }
    }
  }
  if (inside) {
    store(at_sums + CHANNELS * STATES + d, d_skip);
    store(at_sums + CHANNELS * (STATES + 1u) + d, d_bias);
  }
}
`;
