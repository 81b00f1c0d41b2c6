import type { WeightLayout } from './op.ts';

/** y = x Wᵀ + b as plain loops in float64. */
interface LinearArrays {
  /** [R in] */
  x: Float64Array;
  /** [out in] or [in out], by layout */
  weight: Float64Array;
  /** [out] */
  bias?: Float64Array | undefined;
}

interface LinearShape {
  nIn: number;
  nOut: number;
  layout: WeightLayout;
}

/** Calls `visit` for each product: y[r, o] += x[r, i] · weight[w]. */
function eachProduct(
  rows: number,
  { nIn, nOut, layout }: LinearShape,
  visit: (y: number, x: number, w: number) => void,
): void {
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < nOut; o++) {
      for (let i = 0; i < nIn; i++) {
        visit(r * nOut + o, r * nIn + i, layout === 'out_in' ? o * nIn + i : i * nOut + o);
      }
    }
  }
}

/** @returns [R out] */
export function linearReference(
  { x, weight, bias }: LinearArrays,
  shape: LinearShape,
): Float64Array {
  const rows = x.length / shape.nIn;
  const out = new Float64Array(rows * shape.nOut).map((_, i) => bias?.[i % shape.nOut] ?? 0);
  eachProduct(rows, shape, (y, i, w) => (out[y]! += x[i]! * weight[w]!));
  return out;
}

/** Gradients of Σ dOut · y. */
export function linearGradReference(
  { x, weight, bias }: LinearArrays,
  shape: LinearShape,
  dOut: Float64Array,
): LinearArrays {
  const grad = { x: x.map(() => 0), weight: weight.map(() => 0), bias: bias?.map(() => 0) };
  eachProduct(x.length / shape.nIn, shape, (y, i, w) => {
    grad.x[i]! += dOut[y]! * weight[w]!;
    grad.weight[w]! += dOut[y]! * x[i]!;
  });
  dOut.forEach((g, y) => {
    if (grad.bias) grad.bias[y % shape.nOut]! += g;
  });
  return grad;
}
