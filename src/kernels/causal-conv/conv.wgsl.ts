import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/** Constants: CHANNELS = D, WIDTH = K; sizes.rows = B·L, sizes.length = L. An element is i = row·D + d. */
const PRE = /* wgsl */ `
${MATH_WGSL}
fn pre_activation(row: u32, d: u32) -> f32 {
  let t = row % sizes.length;
  var sum = bias[d];
  for (var lag = 0u; lag < min(WIDTH, t + 1u); lag++) {
    sum += weight[d * WIDTH + WIDTH - 1u - lag] * x[(row - lag) * CHANNELS + d];
  }
  return sum;
}
`;

/** Reads x, weight, bias; writes out. */
export const FORWARD_WGSL = /* wgsl */ `
${PRE}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.rows * CHANNELS) { return; }
  out[i] = silu(pre_activation(i / CHANNELS, i % CHANNELS));
}
`;

/** Reads d_out, x, weight, bias; writes d_pre, the gradient before the activation. */
export const PRE_GRADIENT_WGSL = /* wgsl */ `
${PRE}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.rows * CHANNELS) { return; }
  d_pre[i] = d_out[i] * silu_slope(pre_activation(i / CHANNELS, i % CHANNELS));
}
`;

/** Reads d_pre, weight; writes dx. */
export const INPUT_GRADIENT_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.rows * CHANNELS) { return; }
  let row = i / CHANNELS;
  let d = i % CHANNELS;
  var sum = 0.0;
  for (var lag = 0u; lag < min(WIDTH, sizes.length - row % sizes.length); lag++) {
    sum += weight[d * WIDTH + WIDTH - 1u - lag] * d_pre[(row + lag) * CHANNELS + d];
  }
  dx[i] = sum;
}
`;

/** Reads d_pre, x; writes parts [parts D K+1]: dweight and dbias over ROWS rows each. */
export const PARAMETERS_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  let tap = i % (WIDTH + 1u);
  let d = (i / (WIDTH + 1u)) % CHANNELS;
  let part = i / ((WIDTH + 1u) * CHANNELS);
  if (part * ROWS >= sizes.rows) { return; }
  let stop = min((part + 1u) * ROWS, sizes.rows);
  var sum = 0.0;
  for (var row = part * ROWS; row < stop; row++) {
    let g = d_pre[row * CHANNELS + d];
    if (tap == WIDTH) { sum += g; continue; }
    let lag = WIDTH - 1u - tap;
    if (row % sizes.length >= lag) { sum += g * x[(row - lag) * CHANNELS + d]; }
  }
  let at = select(d * WIDTH + tap, CHANNELS * WIDTH + d, tap == WIDTH);
  parts[part * CHANNELS * (WIDTH + 1u) + at] = sum;
}
`;
