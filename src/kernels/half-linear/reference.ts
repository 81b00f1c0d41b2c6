import type { HalfFormat } from './op.ts';

/** The number that 16 bits stand for. */
export function widened(bits: number, format: HalfFormat): number {
  const [exponentBits, fractionBits] = format === 'F16' ? [5, 10] : [8, 7];
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  return sign * (exponent === 0 ? fraction * 2 : 1 + fraction) * 2 ** (exponent - bias);
}

/** A matrix in float64. */
export const halfMatrixReference = (bits: Uint16Array, format: HalfFormat): Float64Array =>
  Float64Array.from(bits, (value) => widened(value, format));
