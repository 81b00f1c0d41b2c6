import { expect, test } from 'vitest';
import { spread } from '../../../src/components/drawing/labels.ts';

test('labels keep their order and their distance', () => {
  const at = (y: number, text: string) => ({ y, text, variable: '--x', layer: 'curve' });
  const placed = spread([at(50, 'b'), at(49, 'a'), at(51, 'c')], 14, 10, 300);
  expect(placed.map((label) => label.text)).toEqual(['a', 'b', 'c']);
  for (const [i, label] of placed.slice(1).entries())
    expect(label.y - (placed[i]?.y ?? 0)).toBeGreaterThanOrEqual(14 - 1e-6);
});
