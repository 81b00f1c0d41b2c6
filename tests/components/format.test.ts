import { expect, test } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatError,
  formatInteger,
  formatRange,
} from '../../src/components/format.ts';

test.each([
  [0, '0'],
  [0.0999, '0.10'],
  [0.0614, '0.061'],
  [0.000123, '0.00012'],
  [0.00000123, '1.2 × 10⁻⁶'],
  [1.04, '1.0'],
  [12.34, '12'],
  [Number.NaN, 'NaN'],
])('formatError(%s) reads %s', (value, text) => {
  expect(formatError(value)).toBe(text);
});

test('a range names its ends, once where they read the same', () => {
  expect(formatRange([0.0831, 0.0612, 0.07])).toBe('0.061–0.083');
  expect(formatRange([0.0612, 0.0614])).toBe('0.061');
  expect(formatRange([780, 1320], formatDuration)).toBe('13–22 min');
  expect(formatRange([42, 780], formatDuration)).toBe('42 s to 13 min');
  expect(formatRange([29, 43], (value) => `${value}\u00a0%`)).toBe('29–43\u00a0%');
});

test('durations, counts and groups of digits', () => {
  expect(formatDuration(42)).toBe('42 s');
  expect(formatDuration(780)).toBe('13 min');
  expect(formatDuration(7500)).toBe('2 h 5 min');
  expect(formatCount(3)).toBe('three');
  expect(formatCount(12)).toBe('12');
  expect(formatInteger(131265)).toBe('131,265');
});

test('negative values carry a minus sign and ranges with them are spelled out', () => {
  expect(formatError(-0.25)).toBe('−0.25');
  expect(formatRange([-0.25, 0.5])).toBe('−0.25 to 0.50');
});
