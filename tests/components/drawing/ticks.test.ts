import { expect, test } from 'vitest';
import { decades, decadesAround, decimalTick } from '../../../src/components/drawing/ticks.ts';

test('a logarithmic axis reaches from the power of ten below to the half decade above', () => {
  const [low, high] = decadesAround([0.02, 0.5, 0.0031]);
  expect(low).toBe(0.001);
  expect(high).toBe(1);
  expect(decadesAround([2, 2.9])[1]).toBeCloseTo(Math.sqrt(1e2), 12);
  expect(decadesAround([2, 2.8])[1]).toBeCloseTo(Math.sqrt(10), 12);
});

test('ticks are the powers of ten within, exactly, and the small ones in words of their own', () => {
  expect(decades([1e-4, 3])).toEqual([1e-4, 1e-3, 0.01, 0.1, 1]);
  expect([100, 0.01, 1e-4, 1e12].map(decimalTick)).toEqual(['100', '0.01', '10⁻⁴', '10¹²']);
});
