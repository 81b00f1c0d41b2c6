/**
 * Scalar functions in WGSL. None uses clamp, or min and max on values that may be NaN, which need not
 * pass NaN on; none lets exp overflow.
 */
export const MATH_WGSL = /* wgsl */ `
fn sigmoid(x: f32) -> f32 {
  let e = exp(-abs(x));
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
  return select(0.0, x, x > 0.0) + log1p_unit(exp(-abs(x)));
}
`;
