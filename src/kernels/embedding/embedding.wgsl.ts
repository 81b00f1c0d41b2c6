/** Reads ids, weight; writes out, an invocation an element. Constant SIZE = D; sizes.size, sizes.rows = V. */
export const EMBEDDING_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let id = ids[i / SIZE];
  if (id < 0 || id >= i32(sizes.rows)) {
    out[i] = bitcast<f32>(0x7fc00000u | (sizes.rows & 0u));
    return;
  }
  out[i] = weight[u32(id) * SIZE + i % SIZE];
}
`;

/** Writes zeros to d_weight. */
export const CLEAR_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i < sizes.size) { d_weight[i] = 0.0; }
}
`;

/**
 * Reads d_out, ids; writes the rows of d_weight that occur. WGSL has no float atomics: the first token that has an
 * id adds up for all of them, in their order. Constants SIZE = D, BLOCKS workgroups a token; sizes.count = n,
 * sizes.rows = V.
 */
export const EMBEDDING_GRAD_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let token = group / BLOCKS;
  let c = group % BLOCKS * WORKGROUP_SIZE + lane;
  let id = ids[token];
  if (c >= SIZE || id < 0 || id >= i32(sizes.rows)) { return; }
  for (var before = 0u; before < token; before++) {
    if (ids[before] == id) { return; }
  }
  var sum = 0.0;
  for (var other = token; other < sizes.count; other++) {
    if (ids[other] == id) { sum += d_out[other * SIZE + c]; }
  }
  d_weight[u32(id) * SIZE + c] = sum;
}
`;
