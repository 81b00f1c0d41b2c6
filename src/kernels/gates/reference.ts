/** Gates and the squared ReLU in float64. */
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

interface GateArrays {
  gate: Float64Array;
  x: Float64Array;
}

export const sigmoidGateReference = ({ gate, x }: GateArrays): Float64Array =>
  x.map((value, i) => value * sigmoid(gate[i]!));

/** Gradients of Σ dOut · out. */
export const sigmoidGateGradReference = ({ gate, x }: GateArrays, dOut: Float64Array) => ({
  gate: gate.map((value, i) => dOut[i]! * x[i]! * sigmoid(value) * sigmoid(-value)),
  x: gate.map((value, i) => dOut[i]! * sigmoid(value)),
});

/** Where output i of a GLU over rows of 2 `size` finds its value; its gate lies `size` further. */
const valueAt = (i: number, size: number): number => i + Math.floor(i / size) * size;

/** @param x [R 2·size] @returns [R size] */
export const gluReference = (x: Float64Array, size: number): Float64Array =>
  Float64Array.from({ length: x.length / 2 }, (_, i) => {
    const at = valueAt(i, size);
    return x[at]! * sigmoid(x[at + size]!);
  });

export function gluGradReference(x: Float64Array, size: number, dOut: Float64Array): Float64Array {
  const dx = new Float64Array(x.length);
  dOut.forEach((g, i) => {
    const at = valueAt(i, size);
    const gate = x[at + size]!;
    dx[at] = g * sigmoid(gate);
    dx[at + size] = g * x[at]! * sigmoid(gate) * sigmoid(-gate);
  });
  return dx;
}

export const squaredReluReference = (x: Float64Array): Float64Array =>
  x.map((value) => Math.max(value, 0) ** 2);

export const squaredReluGradReference = (x: Float64Array, dOut: Float64Array): Float64Array =>
  x.map((value, i) => 2 * dOut[i]! * Math.max(value, 0));
