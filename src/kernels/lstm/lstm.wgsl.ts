import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/**
 * The LSTM's recurrence in WGSL: a workgroup walks the tokens of one prompt; an invocation owns the units
 * lane, lane + WORKGROUP_SIZE, … The hidden state is shared through workgroup memory. Constants: HIDDEN =
 * H; sizes.length = L. weight_t is the recurrent weight transposed, so that neighbours read neighbours.
 */
const STEP = /* wgsl */ `
${MATH_WGSL}
const GATES = 4u * HIDDEN;
var<workgroup> hidden: array<f32, HIDDEN>;
var<workgroup> fresh: array<f32, HIDDEN>;

fn tanh_of(x: f32) -> f32 {
  return 2.0 * sigmoid(2.0 * x) - 1.0;
}

// i, f, g, o of unit j at the token whose gates start at row.
fn gates_of(row: u32, j: u32) -> vec4f {
  let at = row + j;
  var sum = vec4f(x[at], x[at + HIDDEN], x[at + 2u * HIDDEN], x[at + 3u * HIDDEN]);
  var w = j;
  for (var k = 0u; k < HIDDEN; k++) {
    let column = vec4f(weight_t[w], weight_t[w + HIDDEN], weight_t[w + 2u * HIDDEN], weight_t[w + 3u * HIDDEN]);
    sum += hidden[k] * column;
    w += GATES;
  }
  return vec4f(sigmoid(sum.x), sigmoid(sum.y), tanh_of(sum.z), sigmoid(sum.w));
}
`;

/** Reads x, weight_t; writes out [B L H]. */
export const FORWARD_WGSL = /* wgsl */ `
${STEP}
var<workgroup> cells: array<f32, HIDDEN>;

fn run(group: u32, lane: u32) {
  for (var j = lane; j < HIDDEN; j += WORKGROUP_SIZE) {
    hidden[j] = 0.0;
    cells[j] = 0.0;
  }
  for (var t = 0u; t < sizes.length; t++) {
    workgroupBarrier();
    let token = group * sizes.length + t;
    for (var j = lane; j < HIDDEN; j += WORKGROUP_SIZE) {
      let g = gates_of(token * GATES, j);
      let cell = g.y * cells[j] + g.x * g.z;
      cells[j] = cell;
      fresh[j] = g.w * tanh_of(cell);
      out[token * HIDDEN + j] = fresh[j];
    }
    workgroupBarrier();
    for (var j = lane; j < HIDDEN; j += WORKGROUP_SIZE) { hidden[j] = fresh[j]; }
  }
}
`;

/**
 * Reads d_out, x, weight, weight_t; writes d_x, previous (h before each token) and cells [B L H]. On the
 * way forward d_x keeps the activated gates, which the way back replaces by their gradients.
 */
export const BACKWARD_WGSL = /* wgsl */ `
${STEP}
var<workgroup> d_hidden: array<f32, HIDDEN>;
var<workgroup> d_cell: array<f32, HIDDEN>;

fn held_cell(token: u32, t: u32, j: u32) -> f32 {
  if (t == 0u) { return 0.0; }
  return cells[(token - 1u) * HIDDEN + j];
}

fn run(group: u32, lane: u32) {
  for (var j = lane; j < HIDDEN; j += WORKGROUP_SIZE) {
    hidden[j] = 0.0;
    d_hidden[j] = 0.0;
    d_cell[j] = 0.0;
  }
  for (var t = 0u; t < sizes.length; t++) {
    workgroupBarrier();
    let token = group * sizes.length + t;
    for (var j = lane; j < HIDDEN; j += WORKGROUP_SIZE) {
      previous[token * HIDDEN + j] = hidden[j];
      let g = gates_of(token * GATES, j);
      for (var q = 0u; q < 4u; q++) { d_x[token * GATES + q * HIDDEN + j] = g[q]; }
      let cell = g.y * held_cell(token, t, j) + g.x * g.z;
      cells[token * HIDDEN + j] = cell;
      fresh[j] = g.w * tanh_of(cell);
    }
    workgroupBarrier();
    for (var j = lane; j < HIDDEN; j += WORKGROUP_SIZE) { hidden[j] = fresh[j]; }
  }
  for (var back = 0u; back < sizes.length; back++) {
    let t = sizes.length - 1u - back;
    let token = group * sizes.length + t;
    for (var j = lane; j < HIDDEN; j += WORKGROUP_SIZE) { retreat(token, t, j); }
    storageBarrier();
    for (var j = lane; j < HIDDEN; j += WORKGROUP_SIZE) {
      var sum = 0.0;
      for (var r = 0u; r < GATES; r++) { sum += d_x[token * GATES + r] * weight[r * HIDDEN + j]; }
      d_hidden[j] = sum;
    }
  }
}

fn retreat(token: u32, t: u32, j: u32) {
  let at = token * GATES + j;
  let i = d_x[at];
  let f = d_x[at + HIDDEN];
  let g = d_x[at + 2u * HIDDEN];
  let o = d_x[at + 3u * HIDDEN];
  let shown = tanh_of(cells[token * HIDDEN + j]);
  let dh = d_out[token * HIDDEN + j] + d_hidden[j];
  let dc = d_cell[j] + dh * o * (1.0 - shown * shown);
  d_x[at] = dc * g * i * (1.0 - i);
  d_x[at + HIDDEN] = dc * held_cell(token, t, j) * f * (1.0 - f);
  d_x[at + 2u * HIDDEN] = dc * i * (1.0 - g * g);
  d_x[at + 3u * HIDDEN] = dh * shown * o * (1.0 - o);
  d_cell[j] = dc * f;
}
`;
