let table: Float32Array | undefined;

/** IEEE half precision bits as float32, exactly; not-a-numbers keep their payload. */
export function halfToFloat(halves: Uint16Array): Float32Array {
  table ??= makeTable();
  const values = new Uint32Array(halves.length);
  const bits = new Uint32Array(table.buffer);
  for (let i = 0; i < halves.length; i++) values[i] = bits[halves[i] ?? 0] ?? 0;
  return new Float32Array(values.buffer);
}

const FRACTION_BITS = 10;
const SPECIAL = 0x1f;
/** The exponent biases of float32 and float16 differ by 112. */
const REBIAS = 112;

/** A float32 for each of the 65,536 halves. */
function makeTable(): Float32Array {
  const values = new Float32Array(1 << 16);
  const bits = new Uint32Array(values.buffer);
  for (let half = 0; half < bits.length; half++) {
    const exponent = (half >> FRACTION_BITS) & SPECIAL;
    const fraction = half & ((1 << FRACTION_BITS) - 1);
    if (exponent === 0) {
      values[half] = fraction * 2 ** -24 * (half < 1 << 15 ? 1 : -1);
    } else {
      const wide = exponent === SPECIAL ? 255 : exponent + REBIAS;
      bits[half] = ((half >> 15) << 31) | (wide << 23) | (fraction << 13);
    }
  }
  return values;
}
