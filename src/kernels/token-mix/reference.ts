/** RWKV's token shift as plain loops in float64. */
interface TokenMixArrays {
  /** [B L D] */
  x: Float64Array;
  /** [D] */
  mix: Float64Array;
}

/** Index of the same channel one token earlier; -1 at a prompt's first token. */
const earlier = (i: number, channels: number, length: number): number =>
  Math.floor(i / channels) % length === 0 ? -1 : i - channels;

/** @returns [B L D] */
export const tokenMixReference = ({ x, mix }: TokenMixArrays, length: number): Float64Array =>
  x.map((value, i) => {
    const m = mix[i % mix.length]!;
    return m * value + (1 - m) * (x[earlier(i, mix.length, length)] ?? 0);
  });

/** Gradients of Σ dOut · y. */
export function tokenMixGradReference(
  { x, mix }: TokenMixArrays,
  length: number,
  dOut: Float64Array,
): TokenMixArrays {
  const grad = { x: x.map(() => 0), mix: mix.map(() => 0) };
  dOut.forEach((g, i) => {
    const d = i % mix.length;
    const before = earlier(i, mix.length, length);
    grad.mix[d]! += g * (x[i]! - (x[before] ?? 0));
    grad.x[i]! += g * mix[d]!;
    if (before >= 0) grad.x[before]! += g * (1 - mix[d]!);
  });
  return grad;
}
