import { expect, test } from 'vitest';
import { impulseResponse } from '../../../src/components/explain/impulse.ts';
import { promptCells } from '../../../src/components/explain/prompt.ts';
import { state } from '../../../src/components/explain/selection.ts';
import { skewedLeastSquares, skewedShares } from '../../../src/components/explain/spectrum.ts';
import { attentionWork, scanWork } from '../../../src/components/explain/work.ts';

test('the impulse response of S4D is the integral of its mode over one step', () => {
  // ∫ over [lΔ, (l+1)Δ] of 2 e^{-s/2} cos(πns) ds, by the midpoint rule.
  for (const n of [0, 1, 2]) {
    for (const [l, value] of impulseResponse(n, 0.1, 5).entries()) {
      const points = 1000;
      let integral = 0;
      for (let i = 0; i < points; i++) {
        const s = 0.1 * (l + (i + 0.5) / points);
        integral += (2 * Math.exp(-s / 2) * Math.cos(Math.PI * n * s) * 0.1) / points;
      }
      expect(value).toBeCloseTo(integral, 7);
    }
  }
});

test('a large step overwrites the state, a step of zero leaves it', () => {
  const [first, kept, overwritten] = state([1, -3, 2], [50, 0, 50]);
  expect(first).toBeCloseTo(1, 12);
  expect(kept).toBeCloseTo(1, 12);
  expect(overwritten).toBeCloseTo(2, 12);
});

test('skewed inputs have the published share of variance in one direction', () => {
  const shares = skewedShares(20);
  expect(shares[0]).toBeCloseTo(0.6265, 4);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
});

test('least squares on skewed inputs leaves what theory and the published curve leave', () => {
  const left = skewedLeastSquares();
  expect(left[0]).toBeCloseTo(1, 12);
  // Simulated with numpy: 0.21 and 0.07. Digitised from the published figure on skewed inputs: 0.225 and 0.078.
  expect(Math.abs(left[5]! - 0.21)).toBeLessThan(0.02);
  expect(Math.abs(left[10]! - 0.07)).toBeLessThan(0.01);
  expect(Math.abs(left[20]!)).toBeLessThan(1e-12);
});

test('the drawn prompt has its outputs in the first row alone', () => {
  const cells = promptCells();
  expect(cells).toHaveLength(13 * 5);
  const outputs = cells.filter(({ token }) => token % 2 === 1);
  expect(outputs.every(({ row, value }) => (row === 0 ? value !== 0 : value === 0))).toBe(true);
  expect(cells.filter(({ value }) => value !== 0)).toHaveLength(7 * 5 + 6);
});

test('attention overtakes the scan in work where the text says so: at some tens of examples', () => {
  expect(attentionWork(2 * 30)).toBeLessThan(scanWork());
  expect(attentionWork(2 * 50)).toBeGreaterThan(scanWork());
});
