/** Looking up rows of a table as plain loops in float64. */

/**
 * @param weight [V size]
 * @returns [n size]
 */
export const embeddingReference = (
  ids: readonly number[],
  weight: Float64Array,
  size: number,
): Float64Array =>
  Float64Array.from(ids.flatMap((id) => [...weight.subarray(id * size, (id + 1) * size)]));

/** Gradient of Σ dOut · out with respect to the table, [V size]. */
export function embeddingGradReference(
  ids: readonly number[],
  rows: number,
  dOut: Float64Array,
): Float64Array {
  const size = dOut.length / ids.length;
  const grad = new Float64Array(rows * size);
  ids.forEach((id, token) => {
    for (let c = 0; c < size; c++) grad[id * size + c]! += dOut[token * size + c]!;
  });
  return grad;
}
