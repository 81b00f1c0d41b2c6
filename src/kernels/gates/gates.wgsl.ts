import { MATH_WGSL } from '../webgpu/math.wgsl.ts';

/** Element by element over sizes.size outputs. A GLU's rows of x hold SIZE values, then their SIZE gates. */
const element = (body: string): string => /* wgsl */ `
${MATH_WGSL}
fn run(group: u32, lane: u32) {
  let i = group * WORKGROUP_SIZE + lane;
  if (i >= sizes.size) { return; }
  ${body}
}
`;

/** Reads x; writes out. */
export const GLU_WGSL = element(/* wgsl */ `
  let at = i + i / SIZE * SIZE;
  out[i] = x[at] * sigmoid(x[at + SIZE]);
`);

/** Reads d_out, x; writes dx. */
export const GLU_GRAD_WGSL = element(/* wgsl */ `
  let at = i + i / SIZE * SIZE;
  let open = sigmoid(x[at + SIZE]);
  dx[at] = d_out[i] * open;
  dx[at + SIZE] = d_out[i] * x[at] * open * (1.0 - open);
`);

/** Reads gate, x; writes out. */
export const SIGMOID_GATE_WGSL = element('out[i] = sigmoid(gate[i]) * x[i];');

/** Reads d_out, gate, x; writes d_gate, dx. */
export const SIGMOID_GATE_GRAD_WGSL = element(/* wgsl */ `
  let open = sigmoid(gate[i]);
  dx[i] = d_out[i] * open;
  d_gate[i] = d_out[i] * x[i] * open * (1.0 - open);
`);

const RELU = 'let positive = select(0.0, x[i], x[i] > 0.0 || is_nan(x[i]));';

/** Reads x; writes out. */
export const SQUARED_RELU_WGSL = element(`${RELU} out[i] = positive * positive;`);

/** Reads d_out, x; writes dx. */
export const SQUARED_RELU_GRAD_WGSL = element(`${RELU} dx[i] = 2.0 * d_out[i] * positive;`);
