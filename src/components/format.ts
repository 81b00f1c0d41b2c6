/** Below this an error is what rounding leaves of zero. */
const ZERO = 1e-12;

/** Significant digits as in the field: 0.083, 1.24, 12.4; tiny values in scientific notation. */
export function formatError(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) < ZERO) return '0';
  if (value !== 0 && Math.abs(value) < 1e-4) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
    return `${mantissa} × 10${superscript(Number(exponent))}`;
  }
  const rounded = Number(value.toPrecision(digits));
  return rounded.toFixed(decimals(rounded, digits)).replace('-', '−');
}

const decimals = (value: number, digits: number): number =>
  value === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));

const superscript = (exponent: number): string =>
  String(exponent).replace(/[-\d]/g, (c) =>
    c === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)] as string),
  );

/** 1,280; digits in groups of three. */
export const formatInteger = (value: number): string => Math.round(value).toLocaleString('en-US');

/** The smallest and the largest value, once where they read the same, as their unit is: 0.061–0.083, 22–29 min. */
export function formatRange(
  values: readonly number[],
  format: (value: number) => string = formatError,
): string {
  const low = format(Math.min(...values));
  const high = format(Math.max(...values));
  if (low === high) return low;
  const [from, to] = [low, high].map((text) => /^([\d.,]+)(\s\S+)?$/.exec(text));
  return from && to && from[2] === to[2] ? `${from[1]}–${high}` : `${low} to ${high}`;
}

/** 0.6 s, 42 s, 13 min, 2 h 5 min. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const SMALL = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** Words up to ten, digits above. */
export const formatCount = (count: number): string => SMALL[count] ?? formatInteger(count);

/** 812 B, 4.1 kB, 812 kB, 1.3 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}
