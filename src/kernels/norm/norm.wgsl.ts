/**
 * A workgroup takes a row. Constants: SIZE = D; sizes.rows; scalars.epsilon as sizes.epsilon.
 * RMSNorm is LayerNorm with the mean left at zero and no bias.
 */
const ROW_SUM = /* wgsl */ `
var<workgroup> lanes: array<f32, WORKGROUP_SIZE>;

fn workgroup_sum(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  lanes[lane] = value;
  workgroupBarrier();
  for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
    if (lane < half) { lanes[lane] += lanes[lane + half]; }
    workgroupBarrier();
  }
  return lanes[0];
}

fn row_mean(start: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var c = lane; c < SIZE; c += WORKGROUP_SIZE) { sum += x[start + c]; }
  return workgroup_sum(sum, lane) / f32(SIZE);
}

fn inverse_deviation(start: u32, mean: f32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var c = lane; c < SIZE; c += WORKGROUP_SIZE) {
    let centred = x[start + c] - mean;
    sum += centred * centred;
  }
  return 1.0 / sqrt(workgroup_sum(sum, lane) / f32(SIZE) + sizes.epsilon);
}
`;

/** Reads x, weight, bias (centred only); writes out. */
export const forwardWgsl = (centred: boolean): string => /* wgsl */ `
${ROW_SUM}
fn run(row: u32, lane: u32) {
  let start = row * SIZE;
  let mean = ${centred ? 'row_mean(start, lane)' : '0.0'};
  let scale = inverse_deviation(start, mean, lane);
  for (var c = lane; c < SIZE; c += WORKGROUP_SIZE) {
    out[start + c] = (x[start + c] - mean) * scale * weight[c]${centred ? ' + bias[c]' : ''};
  }
}
`;

/** Reads d_out, x, weight; writes dx, and each row's mean and inverse deviation in stats [R 2]. */
export const backwardWgsl = (centred: boolean): string => /* wgsl */ `
${ROW_SUM}
fn run(row: u32, lane: u32) {
  let start = row * SIZE;
  let mean = ${centred ? 'row_mean(start, lane)' : '0.0'};
  let scale = inverse_deviation(start, mean, lane);
  var sum = 0.0;
  var product = 0.0;
  for (var c = lane; c < SIZE; c += WORKGROUP_SIZE) {
    let g = d_out[start + c] * weight[c];
    sum += g;
    product += g * (x[start + c] - mean) * scale;
  }
  let mean_product = workgroup_sum(product, lane) / f32(SIZE);
  let mean_g = ${centred ? 'workgroup_sum(sum, lane) / f32(SIZE)' : '0.0'};
  for (var c = lane; c < SIZE; c += WORKGROUP_SIZE) {
    let normal = (x[start + c] - mean) * scale;
    dx[start + c] = scale * (d_out[start + c] * weight[c] - mean_g - normal * mean_product);
  }
  if (lane == 0u) {
    stats[2u * row] = mean;
    stats[2u * row + 1u] = scale;
  }
}
`;

/** Reads d_out, x, stats; writes parts [parts 2 D]: dweight and dbias over ROWS rows each. */
export const PARAMETERS_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  let part = i / SIZE;
  let c = i % SIZE;
  let stop = min((part + 1u) * ROWS, sizes.rows);
  var d_weight = 0.0;
  var d_bias = 0.0;
  for (var row = part * ROWS; row < stop; row++) {
    let g = d_out[row * SIZE + c];
    d_weight += g * (x[row * SIZE + c] - stats[2u * row]) * stats[2u * row + 1u];
    d_bias += g;
  }
  if (part * ROWS < sizes.rows) {
    parts[part * 2u * SIZE + c] = d_weight;
    parts[part * 2u * SIZE + SIZE + c] = d_bias;
  }
}
`;
