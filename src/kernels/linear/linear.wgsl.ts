/** Reads x [R n]; writes parts [parts n], each the sum over ROWS rows. */
export const COLUMN_PARTS_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  let part = i / sizes.width;
  let c = i % sizes.width;
  let first = part * ROWS;
  if (first >= sizes.rows) { return; }
  let count = min(ROWS, sizes.rows - first);
  var sum = 0.0;
  for (var k = 0u; k < count; k++) { sum += x[(first + k) * sizes.width + c]; }
  parts[part * sizes.width + c] = sum;
}
`;
