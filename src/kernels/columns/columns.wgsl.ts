/**
 * Copies between rows of whole [R width] and those of `parts` matrices of which they consist side by side, one
 * invocation an element of the whole. Uniforms: count = R width, width, size_0, size_1, …, in units of four where the
 * tensors are vectors.
 */
export const columnsWgsl = (parts: number, direction: 'split' | 'concat'): string => {
  const copy = (j: number): string =>
    direction === 'split' ? `part_${j}[at] = whole[i];` : `whole[i] = part_${j}[at];`;
  const cases = Array.from(
    { length: parts },
    (_, j) => `
  if (c < sizes.size_${j}) {
    let at = row * sizes.size_${j} + c;
    ${copy(j)}
    return;
  }
  c -= sizes.size_${j};`,
  );
  return /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.count) { return; }
  let row = i / sizes.width;
  var c = i % sizes.width;${cases.join('')}
}
`;
};
