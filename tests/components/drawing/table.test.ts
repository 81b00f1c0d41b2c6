import { expect, test } from 'vitest';
import { tableAlong } from '../../../src/components/drawing/table.ts';

test('a row a place, a column a series, and an empty cell where a series has no value', () => {
  const table = tableAlong({
    title: 'Errors',
    head: { columns: ['k', 'half'], of: (k) => [String(k), String(k / 2)] },
    places: [0, 4],
    series: [
      { name: 'a', at: (k) => k + 0.125 },
      { name: 'b', at: (k) => (k === 0 ? 0 : undefined) },
    ],
  });
  expect(table).toEqual({
    title: 'Errors',
    columns: ['k', 'half', 'a', 'b'],
    rows: [
      ['0', '0', '0.13', '0'],
      ['4', '2', '4.1', ''],
    ],
  });
});
