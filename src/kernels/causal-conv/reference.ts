/** silu of a causal depthwise convolution as plain loops in float64. */
interface ConvArrays {
  /** [B L D] */
  x: Float64Array;
  /** [D K] */
  weight: Float64Array;
  /** [D] */
  bias: Float64Array;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Calls `visit` for each product: pre[i] += weight[w] · x[j]. */
function eachTap(
  { x, weight, bias }: ConvArrays,
  length: number,
  visit: (i: number, w: number, j: number) => void,
): void {
  const channels = bias.length;
  const width = weight.length / channels;
  for (let i = 0; i < x.length; i++) {
    const d = i % channels;
    const t = Math.floor(i / channels) % length;
    for (let lag = 0; lag < width && lag <= t; lag++) {
      visit(i, d * width + width - 1 - lag, i - lag * channels);
    }
  }
}

function preActivation(arrays: ConvArrays, length: number): Float64Array {
  const { x, weight, bias } = arrays;
  const pre = x.map((_, i) => bias[i % bias.length]!);
  eachTap(arrays, length, (i, w, j) => (pre[i]! += weight[w]! * x[j]!));
  return pre;
}

/** @returns [B L D] */
export const convSiluReference = (arrays: ConvArrays, length: number): Float64Array =>
  preActivation(arrays, length).map((pre) => pre * sigmoid(pre));

/** Gradients of Σ dOut · out. */
export function convSiluGradReference(
  arrays: ConvArrays,
  length: number,
  dOut: Float64Array,
): ConvArrays {
  const { x, weight, bias } = arrays;
  const dPre = preActivation(arrays, length).map((pre, i) => {
    const s = sigmoid(pre);
    return dOut[i]! * s * (1 + pre * (1 - s));
  });
  const grad = { x: x.map(() => 0), weight: weight.map(() => 0), bias: bias.map(() => 0) };
  dPre.forEach((g, i) => (grad.bias[i % bias.length]! += g));
  eachTap(arrays, length, (i, w, j) => {
    grad.weight[w]! += dPre[i]! * x[j]!;
    grad.x[j]! += dPre[i]! * weight[w]!;
  });
  return grad;
}
