import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/** The distribution function as in gelu-exact.as.ts. */
const NORMAL = /* wgsl */ `
${MATH_WGSL}
const ROOT_HALF = 0.7071067811865476;
const DENSITY = 0.3989422804014327; // 1 / sqrt(2π)

fn bell(x: f32) -> f32 {
  return exp_of(-0.5 * x * x);
}

fn distribution(x: f32) -> f32 {
  let t = 1.0 / (1.0 + 0.425 * ROOT_HALF * abs(x));
  var p = 0.07085601427723777;
  p = p * t - 0.3105753322122331;
  p = p * t + 0.4031926725131658;
  p = p * t - 0.09920422007257151;
  p = p * t + 0.25296231358387494;
  p = p * t + 0.20134363993683202;
  p = p * t + 0.241739621949634;
  p = p * t + 0.23968512470743614;
  let tail = 0.5 * bell(x) * p * t;
  return select(tail, 1.0 - tail, x > 0.0);
}
`;

/** Reads x; writes out. */
export const FORWARD_WGSL = /* wgsl */ `
${NORMAL}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  out[i] = x[i] * distribution(x[i]);
}
`;

/** Reads d_out, x; writes dx. */
export const BACKWARD_WGSL = /* wgsl */ `
${NORMAL}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let v = x[i];
  dx[i] = d_out[i] * (distribution(v) + v * DENSITY * bell(v));
}
`;
