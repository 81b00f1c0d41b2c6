/**
 * Copies `size` columns between rows of different widths: target[r, to + c] = source[r, origin + c].
 * Uniforms: rows, size, origin, to, source_width, target_width, in units of four where the tensors are vectors.
 */
export const COPY_COLUMNS_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.rows * sizes.size) { return; }
  let row = i / sizes.size;
  let c = i % sizes.size;
  target_rows[row * sizes.target_width + sizes.to + c] =
    source_rows[row * sizes.source_width + sizes.origin + c];
}
`;
