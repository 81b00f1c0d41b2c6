/** Rotary positions in float64. */
export interface RotaryShape {
  batch: number;
  length: number;
  /** D, all heads together */
  width: number;
  heads: number;
  /** R: pairs of components that turn */
  turns: number;
  paired: boolean;
}

/** By how much pair i of `turns` turns at a position: position · base^(-i / turns), in radians. */
export const rotaryAngle = (position: number, i: number, turns: number, base: number): number =>
  position * base ** (-i / turns);

/**
 * @param x [B L D]
 * @param angles of token t of prompt b and pair i
 * @returns [B L D]
 */
export function rotaryReference(
  x: Float64Array,
  { batch, length, width, heads, turns, paired }: RotaryShape,
  angles: (b: number, t: number, i: number) => number,
): Float64Array {
  const out = x.slice();
  const head = width / heads;
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++) {
      for (let h = 0; h < heads; h++) {
        const at = (b * length + t) * width + h * head;
        for (let i = 0; i < turns; i++) {
          const [p, q] = paired ? [at + 2 * i, at + 2 * i + 1] : [at + i, at + turns + i];
          const [cos, sin] = [Math.cos(angles(b, t, i)), Math.sin(angles(b, t, i))];
          out[p] = x[p]! * cos - x[q]! * sin;
          out[q] = x[q]! * cos + x[p]! * sin;
        }
      }
    }
  }
  return out;
}

/** Gradient of Σ dOut · out: dOut turned back. */
export const rotaryGradReference = (
  dOut: Float64Array,
  shape: RotaryShape,
  angles: (b: number, t: number, i: number) => number,
): Float64Array => rotaryReference(dOut, shape, (b, t, i) => -angles(b, t, i));
