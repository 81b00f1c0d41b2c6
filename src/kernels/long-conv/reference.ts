/** The long convolution as plain loops in float64. */
export interface LongConvArrays {
  /** [B L H] */
  u: Float64Array;
  /** [L H] */
  K: Float64Array;
  /** [H] */
  D: Float64Array;
}

/** Calls `visit` for each product: y[i] += K[k] · u[j]. */
function eachProduct(
  { u, K, D }: LongConvArrays,
  visit: (i: number, k: number, j: number) => void,
): void {
  const [channels, length] = [D.length, K.length / D.length];
  for (let i = 0; i < u.length; i++) {
    const t = Math.floor(i / channels) % length;
    for (let lag = 0; lag <= t; lag++)
      visit(i, lag * channels + (i % channels), i - lag * channels);
  }
}

/** @returns [B L H] */
export function longConvReference(arrays: LongConvArrays): Float64Array {
  const { u, K, D } = arrays;
  const out = u.map((value, i) => D[i % D.length]! * value);
  eachProduct(arrays, (i, k, j) => (out[i]! += K[k]! * u[j]!));
  return out;
}

/** Gradients of Σ dOut · y. */
export function longConvGradReference(arrays: LongConvArrays, dOut: Float64Array): LongConvArrays {
  const { u, K, D } = arrays;
  const grad = {
    u: u.map((_, i) => D[i % D.length]! * dOut[i]!),
    K: K.map(() => 0),
    D: D.map(() => 0),
  };
  u.forEach((value, i) => (grad.D[i % D.length]! += value * dOut[i]!));
  eachProduct(arrays, (i, k, j) => {
    grad.K[k]! += dOut[i]! * u[j]!;
    grad.u[j]! += dOut[i]! * K[k]!;
  });
  return grad;
}
