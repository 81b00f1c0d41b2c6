/** Reads x [R n]; writes parts [parts n], each the sum over ROWS rows. */
export const COLUMN_PARTS_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  let part = i / sizes.width;
  let c = i % sizes.width;
  if (part * ROWS >= sizes.rows) { return; }
  let stop = min((part + 1u) * ROWS, sizes.rows);
  var sum = 0.0;
  for (var row = part * ROWS; row < stop; row++) { sum += x[row * sizes.width + c]; }
  parts[part * sizes.width + c] = sum;
}
`;
