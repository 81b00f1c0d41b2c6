import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/** x · sigmoid(2 sqrt(2/π) (x + 0.044715 x³)), element by element. */
const GELU = /* wgsl */ `
${MATH_WGSL}
const SCALE = 1.5957691216057308;
const CUBIC = 0.044715;
`;

/** Reads x; writes out. */
export const FORWARD_WGSL = /* wgsl */ `
${GELU}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let v = x[i];
  out[i] = v * sigmoid(SCALE * (v + CUBIC * v * v * v));
}
`;

/** Reads d_out, x; writes dx. */
export const BACKWARD_WGSL = /* wgsl */ `
${GELU}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let v = x[i];
  let s = sigmoid(SCALE * (v + CUBIC * v * v * v));
  dx[i] = d_out[i] * (s + v * s * (1.0 - s) * SCALE * (1.0 + 3.0 * CUBIC * v * v));
}
`;
