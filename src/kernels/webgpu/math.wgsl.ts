/**
 * Scalar functions in WGSL that pass NaN on and do not overflow. Kernels call these instead of the
 * built-in exp, which some drivers (SwiftShader) clamp, NaN included; min, max and clamp may drop NaN too.
 */
export const MATH_WGSL = /* wgsl */ `
// By the bits, because a comparison with NaN may be taken for false, != included.
fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn exp_of(x: f32) -> f32 {
  return select(exp(x), x, is_nan(x));
}

fn sigmoid(x: f32) -> f32 {
  let e = exp_of(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

fn silu(x: f32) -> f32 {
  return x * sigmoid(x);
}

fn silu_slope(x: f32) -> f32 {
  let s = sigmoid(x);
  return s * (1.0 + x * (1.0 - s));
}

// log(1 + e) for 0 <= e <= 1, as 2 atanh(e / (2 + e)): keeps its relative precision for small e.
fn log1p_unit(e: f32) -> f32 {
  let s = e / (2.0 + e);
  let q = s * s;
  let tail = 1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0));
  return 2.0 * s * (1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * tail))));
}

fn softplus(x: f32) -> f32 {
  return select(0.0, x, x > 0.0) + log1p_unit(exp_of(-abs(x)));
}
`;
