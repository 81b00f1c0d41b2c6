/** Normalisation of rows as plain loops in float64; RMSNorm where `bias` is left out. */
interface NormArrays {
  x: Float64Array;
  weight: Float64Array;
  bias?: Float64Array | undefined;
}

/** The row's normal values and its inverse deviation. */
function normalised(row: Float64Array, centred: boolean, epsilon: number) {
  const mean = centred ? row.reduce((sum, value) => sum + value, 0) / row.length : 0;
  const square = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  const scale = 1 / Math.sqrt(square + epsilon);
  return { scale, normal: row.map((value) => (value - mean) * scale) };
}

const rowsOf = (x: Float64Array, size: number): Float64Array[] =>
  Array.from({ length: x.length / size }, (_, r) => x.subarray(r * size, (r + 1) * size));

/** @returns [R D] */
export function normReference({ x, weight, bias }: NormArrays, epsilon: number): Float64Array {
  const out = rowsOf(x, weight.length).map((row) => {
    const { normal } = normalised(row, bias !== undefined, epsilon);
    return normal.map((value, c) => value * weight[c]! + (bias?.[c] ?? 0));
  });
  return Float64Array.from(out.flatMap((row) => [...row]));
}

/** Gradients of Σ dOut · out. */
export function normGradReference(
  { x, weight, bias }: NormArrays,
  epsilon: number,
  dOut: Float64Array,
): NormArrays {
  const size = weight.length;
  const dx = new Float64Array(x.length);
  const dWeight = new Float64Array(size);
  const dBias = new Float64Array(size);
  rowsOf(x, size).forEach((row, r) => {
    const { normal, scale } = normalised(row, bias !== undefined, epsilon);
    const dNormal = weight.map((w, c) => w * dOut[r * size + c]!);
    const meanProduct = dNormal.reduce((sum, g, c) => sum + g * normal[c]!, 0) / size;
    const meanGradient = bias ? dNormal.reduce((sum, g) => sum + g, 0) / size : 0;
    for (let c = 0; c < size; c++) {
      dx[r * size + c] = scale * (dNormal[c]! - meanGradient - normal[c]! * meanProduct);
      dWeight[c]! += dOut[r * size + c]! * normal[c]!;
      dBias[c]! += dOut[r * size + c]!;
    }
  });
  return { x: dx, weight: dWeight, bias: bias && dBias };
}
