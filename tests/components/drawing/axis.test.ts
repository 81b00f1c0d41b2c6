import { expect, test } from 'vitest';
import {
  PANEL,
  acrossAt,
  downAt,
  valueAcross,
  valueDown,
} from '../../../src/components/drawing/axis.ts';

const axis = { type: 'linear', domain: [-2, 6] } as const;

test('a place in a panel leads back to the value that is drawn there', () => {
  for (const value of [-2, -0.3, 0, 5.5, 6, 9]) {
    expect(valueAcross(axis, acrossAt(axis, value))).toBeCloseTo(value, 10);
    expect(valueDown(axis, downAt(axis, value))).toBeCloseTo(value, 10);
  }
  expect(valueAcross(axis, PANEL.left)).toBe(-2);
  expect(valueDown(axis, PANEL.top)).toBe(6);
});
