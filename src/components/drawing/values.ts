/** Each once, from the smallest to the largest. */
export const ascending = (values: readonly number[]): number[] =>
  [...new Set(values)].sort((a, b) => a - b);

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
