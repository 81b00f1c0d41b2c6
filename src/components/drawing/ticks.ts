const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 100, 1, 0.01; from a thousand up 10³, from a thousandth down 10⁻³. */
export function decimalTick(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(exponent) < 3) return String(value);
  const digits = String(Math.abs(exponent));
  const raised = digits.replaceAll(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]!);
  return `10${exponent < 0 ? '⁻' : ''}${raised}`;
}

/** The powers of ten within a logarithmic axis. */
export const decades = ([low, high]: readonly [number, number]): number[] => {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(`1e${first + i}`));
};

/** The half decade above a value, with a little room. */
export const halfDecadeAbove = (value: number): number =>
  10 ** (Math.ceil(2 * Math.log10(value * 1.1)) / 2);

/** From the power of ten below all values to the half decade above them. */
export const decadesAround = (values: readonly number[]): readonly [number, number] => [
  10 ** Math.floor(Math.log10(Math.min(...values))),
  halfDecadeAbove(Math.max(...values)),
];

/** Multiples of d: 0, d, 2d. */
export function multipleTick(multiple: number): string {
  if (multiple === 0) return '0';
  return multiple === 1 ? 'd' : `${multiple}d`;
}

/** With a minus sign as wide as a plus. */
export const signedTick = (value: number): string => String(value).replace('-', '−');
