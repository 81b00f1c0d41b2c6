/** Cross entropy of rows of logits in float64. */

/** The target of a row that does not count, as in PyTorch. */
export const IGNORED = -100;

const totalOf = (row: Float64Array): number => {
  const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
  return largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
};

const rowsOf = (logits: Float64Array, count: number): Float64Array[] => {
  const classes = logits.length / count;
  return Array.from({ length: count }, (_, r) => logits.subarray(r * classes, (r + 1) * classes));
};

/**
 * @param logits [R V]
 * @returns [R]
 */
export const crossEntropyReference = (
  logits: Float64Array,
  targets: readonly number[],
): Float64Array =>
  Float64Array.from(rowsOf(logits, targets.length), (row, r) =>
    targets[r] === IGNORED ? 0 : totalOf(row) - row[targets[r]!]!,
  );

/** Gradient of Σ dOut · loss, [R V]. */
export const crossEntropyGradReference = (
  logits: Float64Array,
  targets: readonly number[],
  dOut: Float64Array,
): Float64Array =>
  Float64Array.from(
    rowsOf(logits, targets.length).flatMap((row, r) => {
      const total = totalOf(row);
      return Array.from(row, (value, c) =>
        targets[r] === IGNORED
          ? 0
          : dOut[r]! * (Math.exp(value - total) - Number(targets[r] === c)),
      );
    }),
  );

interface HeadArrays {
  /** [R D] */
  hidden: Float64Array;
  /** [V D] */
  weight: Float64Array;
}

/** logits = hidden weightᵀ, [R V] */
function logitsOf({ hidden, weight }: HeadArrays, rows: number): Float64Array {
  const size = hidden.length / rows;
  const classes = weight.length / size;
  return Float64Array.from({ length: rows * classes }, (_, i) => {
    const [r, c] = [Math.floor(i / classes), i % classes];
    let sum = 0;
    for (let d = 0; d < size; d++) sum += hidden[r * size + d]! * weight[c * size + d]!;
    return sum;
  });
}

/** @returns [R] */
export const headCrossEntropyReference = (
  arrays: HeadArrays,
  targets: readonly number[],
): Float64Array => crossEntropyReference(logitsOf(arrays, targets.length), targets);

/** Gradients of Σ dOut · loss. */
export function headCrossEntropyGradReference(
  { hidden, weight }: HeadArrays,
  targets: readonly number[],
  dOut: Float64Array,
): HeadArrays {
  const size = hidden.length / targets.length;
  const classes = weight.length / size;
  const logits = logitsOf({ hidden, weight }, targets.length);
  const dLogits = crossEntropyGradReference(logits, targets, dOut);
  const grad = { hidden: hidden.map(() => 0), weight: weight.map(() => 0) };
  dLogits.forEach((g, i) => {
    const [r, c] = [Math.floor(i / classes), i % classes];
    for (let d = 0; d < size; d++) {
      grad.hidden[r * size + d]! += g * weight[c * size + d]!;
      grad.weight[c * size + d]! += g * hidden[r * size + d]!;
    }
  });
  return grad;
}
