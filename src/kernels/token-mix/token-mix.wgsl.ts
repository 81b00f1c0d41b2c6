/** Constants: CHANNELS = D; sizes.rows = B·L, sizes.length = L. An element is i = row·D + d. */
const EARLIER = /* wgsl */ `
fn earlier(row: u32, d: u32) -> f32 {
  if (row % sizes.length == 0u) { return 0.0; }
  return x[(row - 1u) * CHANNELS + d];
}
`;

/** Reads x, mix_of; writes out. */
export const FORWARD_WGSL = /* wgsl */ `
${EARLIER}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.rows * CHANNELS) { return; }
  let d = i % CHANNELS;
  let before = earlier(i / CHANNELS, d);
  out[i] = before + mix_of[d] * (x[i] - before);
}
`;

/** Reads d_out, mix_of; writes dx. */
export const INPUT_GRADIENT_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.rows * CHANNELS) { return; }
  let share = mix_of[i % CHANNELS];
  var sum = share * d_out[i];
  if ((i / CHANNELS + 1u) % sizes.length != 0u) { sum += (1.0 - share) * d_out[i + CHANNELS]; }
  dx[i] = sum;
}
`;

/** Reads d_out, x; writes parts [parts D]: dmix over ROWS rows each. */
export const MIX_GRADIENT_WGSL = /* wgsl */ `
${EARLIER}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  let d = i % CHANNELS;
  let first = i / CHANNELS * ROWS;
  if (first >= sizes.rows) { return; }
  var sum = 0.0;
  for (var row = first; row < min(first + ROWS, sizes.rows); row++) {
    let at = row * CHANNELS + d;
    sum += d_out[at] * (x[at] - earlier(row, d));
  }
  parts[i] = sum;
}
`;
