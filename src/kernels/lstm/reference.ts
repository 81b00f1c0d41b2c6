/** The LSTM's recurrence as plain loops in float64. */
export interface LstmArrays {
  /** [B L 4·H] */
  x: Float64Array;
  /** [4·H H] */
  weight: Float64Array;
}

interface Shape {
  batch: number;
  length: number;
  hidden: number;
}

/** Activated gates [B L 4·H], cells and hidden states [B L H]. */
interface Trace {
  gates: Float64Array;
  cells: Float64Array;
  out: Float64Array;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function run({ x, weight }: LstmArrays, { batch, length, hidden }: Shape): Trace {
  const gates = x.slice();
  const cells = new Float64Array(batch * length * hidden);
  const out = cells.slice();
  for (let row = 0; row < batch * length; row++) {
    const first = row % length === 0;
    for (let r = 0; r < 4 * hidden; r++) {
      const at = row * 4 * hidden + r;
      const fed = first ? 0 : hidden;
      for (let j = 0; j < fed; j++)
        gates[at]! += weight[r * hidden + j]! * out[(row - 1) * hidden + j]!;
      gates[at] = Math.floor(r / hidden) === 2 ? Math.tanh(gates[at]!) : sigmoid(gates[at]!);
    }
    for (let j = 0; j < hidden; j++) {
      const [i, f, g, o] = gatesOf(gates, row, j, hidden);
      const held = first ? 0 : cells[(row - 1) * hidden + j]!;
      cells[row * hidden + j] = f * held + i * g;
      out[row * hidden + j] = o * Math.tanh(cells[row * hidden + j]!);
    }
  }
  return { gates, cells, out };
}

const gatesOf = (gates: Float64Array, row: number, j: number, hidden: number) =>
  [0, 1, 2, 3].map((q) => gates[(4 * row + q) * hidden + j]!) as [number, number, number, number];

/** @returns [B L H] */
export const lstmReference = (arrays: LstmArrays, shape: Shape): Float64Array =>
  run(arrays, shape).out;

/** Gradients of Σ dOut · h. */
export function lstmGradReference(
  arrays: LstmArrays,
  shape: Shape,
  dOut: Float64Array,
): LstmArrays {
  const { batch, length, hidden } = shape;
  const { gates, cells, out } = run(arrays, shape);
  const grad = { x: arrays.x.map(() => 0), weight: arrays.weight.map(() => 0) };
  const dHidden = dOut.slice();
  const dCells = cells.map(() => 0);
  for (let row = batch * length - 1; row >= 0; row--) {
    const first = row % length === 0;
    const before = row - 1;
    for (let j = 0; j < hidden; j++) {
      const at = row * hidden + j;
      const [i, f, g, o] = gatesOf(gates, row, j, hidden);
      const shown = Math.tanh(cells[at]!);
      const dCell = dCells[at]! + dHidden[at]! * o * (1 - shown ** 2);
      const held = first ? 0 : cells[before * hidden + j]!;
      if (!first) dCells[before * hidden + j]! += dCell * f;
      grad.x[(4 * row + 0) * hidden + j] = dCell * g * i * (1 - i);
      grad.x[(4 * row + 1) * hidden + j] = dCell * held * f * (1 - f);
      grad.x[(4 * row + 2) * hidden + j] = dCell * i * (1 - g ** 2);
      grad.x[(4 * row + 3) * hidden + j] = dHidden[at]! * shown * o * (1 - o);
    }
    if (first) continue;
    for (let r = 0; r < 4 * hidden; r++) {
      const dGate = grad.x[row * 4 * hidden + r]!;
      for (let j = 0; j < hidden; j++) {
        grad.weight[r * hidden + j]! += dGate * out[before * hidden + j]!;
        dHidden[before * hidden + j]! += dGate * arrays.weight[r * hidden + j]!;
      }
    }
  }
  return grad;
}
