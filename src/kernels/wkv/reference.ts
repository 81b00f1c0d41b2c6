/** WKV as plain loops in float64, by its definition: quadratic in L, for moderate keys. */
export interface WkvArrays {
  /** [B L D] */
  k: Float64Array;
  /** [B L D] */
  v: Float64Array;
  /** [D] */
  w: Float64Array;
  /** [D] */
  u: Float64Array;
}

/** Weight of token s at token t in channel d, before normalisation; i is the index of (s, d). */
const weightOf = ({ k, w, u }: WkvArrays, lag: number, d: number, i: number): number =>
  Math.exp(k[i]! + (lag === 0 ? u[d]! : (lag - 1) * w[d]!));

/** Calls `visit` for every output i with the weights of its tokens and their sum. */
function eachOutput(
  arrays: WkvArrays,
  length: number,
  visit: (i: number, d: number, weights: number[], total: number) => void,
): void {
  const channels = arrays.w.length;
  for (let i = 0; i < arrays.k.length; i++) {
    const d = i % channels;
    const t = Math.floor(i / channels) % length;
    const weights = Array.from({ length: t + 1 }, (_, lag) =>
      weightOf(arrays, lag, d, i - lag * channels),
    );
    visit(
      i,
      d,
      weights,
      weights.reduce((sum, weight) => sum + weight, 0),
    );
  }
}

/** @returns [B L D] */
export function wkvReference(arrays: WkvArrays, length: number): Float64Array {
  const { v, w } = arrays;
  const out = new Float64Array(v.length);
  eachOutput(arrays, length, (i, _, weights, total) => {
    weights.forEach((weight, lag) => (out[i]! += (weight / total) * v[i - lag * w.length]!));
  });
  return out;
}

/** Gradients of Σ dOut · y. */
export function wkvGradReference(arrays: WkvArrays, length: number, dOut: Float64Array): WkvArrays {
  const { k, v, w, u } = arrays;
  const out = wkvReference(arrays, length);
  const zeros = (like: Float64Array): Float64Array => new Float64Array(like.length);
  const grad = { k: zeros(k), v: zeros(v), w: zeros(w), u: zeros(u) };
  eachOutput(arrays, length, (i, d, weights, total) => {
    weights.forEach((weight, lag) => {
      const j = i - lag * w.length;
      const share = (dOut[i]! * weight) / total;
      const ofExponent = share * (v[j]! - out[i]!);
      grad.v[j]! += share;
      grad.k[j]! += ofExponent;
      if (lag === 0) grad.u[d]! += ofExponent;
      else grad.w[d]! += (lag - 1) * ofExponent;
    });
  });
  return grad;
}
