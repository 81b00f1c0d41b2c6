import { describe, expect, it } from 'vitest';
import { crossing } from '../../experiments/nodes/measure-speed.ts';

describe('crossing', () => {
  const scan = { length: [64, 128, 256, 512], milliseconds: [2, 4, 8, 16] };
  const attention = (...milliseconds: number[]) => ({ length: [64, 128, 256], milliseconds });

  it('is the first length from which on the scan wins at every common one', () => {
    expect(crossing(scan, attention(1, 5, 16))).toBe(128);
    expect(crossing(scan, attention(3, 3, 16))).toBe(256);
    expect(crossing(scan, attention(3, 5, 16))).toBe(64);
  });

  it('is null where attention still wins at the greatest common length', () => {
    expect(crossing(scan, attention(3, 5, 8))).toBeNull();
  });
});
