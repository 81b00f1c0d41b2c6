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
  deltaSoftplus: boolean;
}

/** Tokens between two checkpoints of the state. */
export const CHUNK = 16;

const common = ({ deltaBias, deltaSoftplus }: ScanVariant, bias: string): string => /* wgsl */ `
${MATH_WGSL}
const TILES = (CHANNELS + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;

fn raw_delta(i: u32, d: u32) -> f32 {
  return delta[i]${deltaBias ? ` + ${bias}` : ''};
}

fn step_size(raw: f32) -> f32 {
  return ${deltaSoftplus ? 'softplus(raw)' : 'raw'};
}
`;

/** Reads u, delta, B, C, z?, channel [A | D? | deltaBias?]; writes out, last_state. */
export const forwardWgsl = (variant: ScanVariant): string => /* wgsl */ `
${common(variant, `channel[CHANNELS * ${variant.D ? '(STATES + 1u)' : 'STATES'} + d]`)}
fn finish(y: f32, i: u32, d: u32) -> f32 {
  let sum = y${variant.D ? ' + channel[CHANNELS * STATES + d] * u[i]' : ''};
  return sum${variant.z ? ' * silu(z[i])' : ''};
}

fn run(group: u32, lane: u32) {
  let b = group / TILES;
  let d = (group % TILES) * WORKGROUP_SIZE + lane;
  if (d >= CHANNELS) { return; }
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    var a: array<f32, BLOCK>;
    var h = array<f32, BLOCK>();
    for (var n = 0u; n < count; n++) { a[n] = channel[d * STATES + first + n]; }
    for (var t = 0u; t < sizes.length; t++) {
      let row = b * sizes.length + t;
      let i = row * CHANNELS + d;
      let dt = step_size(raw_delta(i, d));
      let drive = dt * u[i];
      var y = 0.0;
      for (var n = 0u; n < count; n++) {
        let at = row * STATES + first + n;
        h[n] = exp(dt * a[n]) * h[n] + drive * B[at];
        y += h[n] * C[at];
      }
      if (first > 0u) { y += out[i]; }
      if (first + BLOCK >= STATES) { y = finish(y, i, d); }
      out[i] = y;
    }
    for (var n = 0u; n < count; n++) {
      last_state[(b * CHANNELS + d) * STATES + first + n] = h[n];
    }
  }
}
`;

const scratchAccess = (variant: ScanVariant): string => /* wgsl */ `
${common(variant, 'scratch[sizes.at_bias + d]')}
fn checkpoint_at(chunk: u32, b: u32, s: u32, d: u32) -> u32 {
  return sizes.at_checkpoints + ((chunk * sizes.batch + b) * STATES + s) * CHANNELS + d;
}
`;

/** Reads u, delta; stores the state before each chunk in scratch. */
export const checkpointWgsl = (variant: ScanVariant): string => /* wgsl */ `
${scratchAccess(variant)}
fn run(group: u32, lane: u32) {
  let b = group / TILES;
  let d = (group % TILES) * WORKGROUP_SIZE + lane;
  if (d >= CHANNELS) { return; }
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    var a: array<f32, BLOCK>;
    var h = array<f32, BLOCK>();
    for (var n = 0u; n < count; n++) { a[n] = scratch[sizes.at_a + d * STATES + first + n]; }
    for (var t = 0u; t < sizes.length; t++) {
      if (t % CHUNK == 0u) {
        for (var n = 0u; n < count; n++) { scratch[checkpoint_at(t / CHUNK, b, first + n, d)] = h[n]; }
      }
      let row = b * sizes.length + t;
      let i = row * CHANNELS + d;
      let dt = step_size(raw_delta(i, d));
      let drive = dt * u[i];
      for (var n = 0u; n < count; n++) {
        h[n] = exp(dt * a[n]) * h[n] + drive * scratch[row * STATES + first + n];
      }
    }
  }
}
`;

/**
 * Reads u, delta, z?, d_out; writes du, ddelta, dz?, and partial sums in scratch, which holds
 * [B | C | A | D? | deltaBias? | checkpoints | dB of each tile | dC of each tile | dA, dD, dBias of
 * each prompt]. One buffer, because eight is all that WebGPU promises.
 */
export const backwardWgsl = (variant: ScanVariant): string => /* wgsl */ `
${scratchAccess(variant)}
const STRIDE = WORKGROUP_SIZE + 1u;
var<workgroup> terms: array<f32, 2u * BLOCK * STRIDE>;

fn run(group: u32, lane: u32) {
  let b = group / TILES;
  let tile = group % TILES;
  let d = tile * WORKGROUP_SIZE + lane;
  let inside = d < CHANNELS;
  let length = sizes.length;
  let chunks = (length + CHUNK - 1u) / CHUNK;
  let at_sums = sizes.at_sums + b * CHANNELS * (STATES + 2u);
  var before: array<f32, CHUNK * BLOCK>;
  var d_skip = 0.0;
  var d_bias = 0.0;
  for (var first = 0u; first < STATES; first += BLOCK) {
    let count = min(BLOCK, STATES - first);
    var a: array<f32, BLOCK>;
    var d_a = array<f32, BLOCK>();
    var carry = array<f32, BLOCK>();
    if (inside) {
      for (var n = 0u; n < count; n++) { a[n] = scratch[sizes.at_a + d * STATES + first + n]; }
    }
    for (var chunk = chunks; chunk > 0u; chunk--) {
      let start = (chunk - 1u) * CHUNK;
      let stop = min(start + CHUNK, length);
      if (inside) {
        for (var n = 0u; n < count; n++) {
          before[n] = scratch[checkpoint_at(chunk - 1u, b, first + n, d)];
        }
        for (var t = start; t + 1u < stop; t++) {
          let row = b * length + t;
          let i = row * CHANNELS + d;
          let dt = step_size(raw_delta(i, d));
          let drive = dt * u[i];
          let at = (t - start) * BLOCK;
          for (var n = 0u; n < count; n++) {
            before[at + BLOCK + n] =
              exp(dt * a[n]) * before[at + n] + drive * scratch[row * STATES + first + n];
          }
        }
      }
      for (var next = stop; next > start; next--) {
        let t = next - 1u;
        let row = b * length + t;
        if (inside) {
          let i = row * CHANNELS + d;
          let raw = raw_delta(i, d);
          let dt = step_size(raw);
          let x = u[i];
          let g = d_out[i]${variant.z ? ' * silu(z[i])' : ''};
          var y = 0.0;
          var d_dt = 0.0;
          var d_x = 0.0;
          for (var n = 0u; n < count; n++) {
            let b_n = scratch[row * STATES + first + n];
            let c_n = scratch[sizes.at_c + row * STATES + first + n];
            let decayed = exp(dt * a[n]) * before[(t - start) * BLOCK + n];
            let h = decayed + dt * x * b_n;
            let d_h = carry[n] + g * c_n;
            y += h * c_n;
            d_dt += d_h * (decayed * a[n] + b_n * x);
            d_x += d_h * dt * b_n;
            d_a[n] += d_h * decayed * dt;
            carry[n] = d_h * exp(dt * a[n]);
            terms[n * STRIDE + lane] = d_h * dt * x;
            terms[(BLOCK + n) * STRIDE + lane] = g * h;
          }
          if (first == 0u) {
            ${variant.D ? 'let skip = scratch[sizes.at_d + d]; y += skip * x; d_x += skip * g; d_skip += g * x;' : ''}
          } else {
            d_x += du[i];
          }
          let d_raw = d_dt${variant.deltaSoftplus ? ' * sigmoid(raw)' : ''};
          d_bias += d_raw;
          du[i] = d_x;
          if (first == 0u) { ddelta[i] = d_raw; } else { ddelta[i] += d_raw; }
          ${variant.z ? 'let d_z = d_out[i] * y * silu_slope(z[i]); if (first == 0u) { dz[i] = d_z; } else { dz[i] += d_z; }' : ''}
        }
        workgroupBarrier();
        for (var column = lane; column < 2u * BLOCK; column += WORKGROUP_SIZE) {
          let n = column % BLOCK;
          var sum = 0.0;
          for (var k = 0u; k < min(WORKGROUP_SIZE, CHANNELS - tile * WORKGROUP_SIZE); k++) {
            sum += terms[column * STRIDE + k];
          }
          let part = (column / BLOCK) * TILES + tile;
          if (n < count) {
            let at = (part * sizes.batch + b) * length + t;
            scratch[sizes.at_parts + at * STATES + first + n] = sum;
          }
        }
        workgroupBarrier();
      }
    }
    if (inside) {
      for (var n = 0u; n < count; n++) { scratch[at_sums + d * STATES + first + n] = d_a[n]; }
    }
  }
  if (inside) {
    scratch[at_sums + CHANNELS * STATES + d] = d_skip;
    scratch[at_sums + CHANNELS * (STATES + 1u) + d] = d_bias;
  }
}
`;
