import { MATH_WGSL } from '../webgpu/math.wgsl.ts';
import { IGNORED } from './reference.ts';

/** Reads logits, targets; writes losses, totals; a workgroup a row. sizes.classes = V. */
export const CROSS_ENTROPY_WGSL = /* wgsl */ `
${MATH_WGSL}
var<workgroup> lanes: array<f32, WORKGROUP_SIZE>;

fn larger(a: f32, b: f32) -> f32 {
  return select(a, b, b > a);
}

fn run(row: u32, lane: u32) {
  let start = row * sizes.classes;
  var most = logits[start];
  for (var c = lane; c < sizes.classes; c += WORKGROUP_SIZE) { most = larger(most, logits[start + c]); }
  lanes[lane] = most;
  workgroupBarrier();
  for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
    if (lane < half) { lanes[lane] = larger(lanes[lane], lanes[lane + half]); }
    workgroupBarrier();
  }
  let largest = lanes[0];
  workgroupBarrier();
  var sum = 0.0;
  for (var c = lane; c < sizes.classes; c += WORKGROUP_SIZE) { sum += exp_of(logits[start + c] - largest); }
  lanes[lane] = sum;
  workgroupBarrier();
  for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
    if (lane < half) { lanes[lane] += lanes[lane + half]; }
    workgroupBarrier();
  }
  if (lane > 0u) { return; }
  let rest = select(log(lanes[0]), lanes[0], is_nan(lanes[0]));
  totals[row] = largest + rest;
  let target_class = targets[row];
  if (target_class == ${IGNORED}) {
    losses[row] = 0.0;
  } else if (target_class < 0 || target_class >= i32(sizes.classes)) {
    losses[row] = bitcast<f32>(0x7fc00000u | (sizes.classes & 0u));
  } else {
    losses[row] = largest - logits[start + u32(target_class)] + rest;
  }
}
`;

/** Reads d_loss, logits, targets, totals; writes d_logits, an invocation an element. sizes.size, sizes.classes. */
export const CROSS_ENTROPY_GRAD_WGSL = /* wgsl */ `
${MATH_WGSL}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let row = i / sizes.classes;
  let target_class = targets[row];
  if (target_class == ${IGNORED}) {
    d_logits[i] = 0.0;
    return;
  }
  let chosen = select(0.0, 1.0, target_class == i32(i % sizes.classes));
  d_logits[i] = d_loss[row] * (exp_of(logits[i] - totals[row]) - chosen);
}
`;
