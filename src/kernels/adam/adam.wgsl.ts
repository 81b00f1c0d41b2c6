/** One Adam step in place; reads gradient, writes parameter, m, v. The scalars are those of op.ts. */
export const ADAM_WGSL = /* wgsl */ `
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  let g = gradient[i];
  let first = sizes.beta1 * m[i] + sizes.rest1 * g;
  let second = sizes.beta2 * v[i] + sizes.rest2 * g * g;
  m[i] = first;
  v[i] = second;
  parameter[i] -= sizes.stepSize * first / (sqrt(second) * sizes.rootCorrection + sizes.epsilon);
}
`;
