/**
 * The long convolution in WGSL, one invocation an output. Constants: CHANNELS = H; sizes.size = B·L·H,
 * sizes.length = L. An element is i = (b·L + t)·H + h.
 */

/** Reads u, K, D; writes out. */
export const FORWARD_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let h = i % CHANNELS;
  let t = i / CHANNELS % sizes.length;
  var sum = D[h] * u[i];
  for (var lag = 0u; lag <= t; lag++) { sum += K[lag * CHANNELS + h] * u[i - lag * CHANNELS]; }
  out[i] = sum;
}
`;

/** Reads d_out, K, D; writes du. */
export const INPUT_GRADIENT_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let h = i % CHANNELS;
  let after = sizes.length - i / CHANNELS % sizes.length;
  var sum = D[h] * d_out[i];
  for (var lag = 0u; lag < after; lag++) { sum += K[lag * CHANNELS + h] * d_out[i + lag * CHANNELS]; }
  du[i] = sum;
}
`;

/** Reads d_out, u; writes parts [B L H]: each prompt's dK. */
export const KERNEL_GRADIENT_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let lag = i / CHANNELS % sizes.length;
  let first = i - lag * CHANNELS;
  var sum = 0.0;
  for (var t = lag; t < sizes.length; t++) {
    sum += d_out[first + t * CHANNELS] * u[first + (t - lag) * CHANNELS];
  }
  parts[i] = sum;
}
`;
