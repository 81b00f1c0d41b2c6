/** The normal density, and its distribution function by a series of positive terms, to 1e-15. */
const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

function distribution(x: number): number {
  if (Math.abs(x) > 8.5) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

export const geluExactReference = (x: Float64Array): Float64Array =>
  x.map((value) => value * distribution(value));

/** Gradient of Σ dOut · gelu(x). */
export const geluExactGradReference = (x: Float64Array, dOut: Float64Array): Float64Array =>
  x.map((value, i) => dOut[i]! * (distribution(value) + value * density(value)));
