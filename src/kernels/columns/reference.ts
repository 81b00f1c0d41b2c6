/** Cutting rows into parts, and joining parts to rows, in float64. */

/**
 * @param x [R n], n being the sum of `sizes`
 * @returns [R size] for each size
 */
export function splitColumnsReference(x: Float64Array, sizes: readonly number[]): Float64Array[] {
  const n = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size, part) => {
    const from = sizes.slice(0, part).reduce((sum, before) => sum + before, 0);
    return Float64Array.from({ length: (x.length / n) * size }, (_, i) => {
      const [row, column] = [Math.floor(i / size), i % size];
      return x[row * n + from + column]!;
    });
  });
}

/** Gradient of Σ dOut · part over all parts, [R n]: the parts' gradients side by side. */
export function splitColumnsGradReference(
  dOuts: readonly Float64Array[],
  sizes: readonly number[],
): Float64Array {
  const rows = dOuts[0]!.length / sizes[0]!;
  const joined = Array.from({ length: rows }, (_, row) =>
    dOuts.flatMap((dOut, part) => [...dOut.subarray(row * sizes[part]!, (row + 1) * sizes[part]!)]),
  );
  return Float64Array.from(joined.flat());
}
