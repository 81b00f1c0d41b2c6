/** GELU in its tanh approximation, in float64, as GPT-2 wrote it. */
const inner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);

export const geluReference = (x: Float64Array): Float64Array =>
  x.map((value) => 0.5 * value * (1 + Math.tanh(inner(value))));

/** Gradient of Σ dOut · gelu(x). */
export const geluGradReference = (x: Float64Array, dOut: Float64Array): Float64Array =>
  x.map((value, i) => {
    const tanh = Math.tanh(inner(value));
    const slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * value ** 2);
    return dOut[i]! * 0.5 * (1 + tanh + value * (1 - tanh ** 2) * slope);
  });
