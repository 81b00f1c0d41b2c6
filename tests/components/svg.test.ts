import { expect, test } from 'vitest';
import { LINE, SOFT, shortPath } from '../../src/components/figure/path.ts';
import type { Fineness } from '../../src/components/figure/path.ts';
import { figureDocument, toMarkup } from '../../src/components/figure/svg.ts';
import { RandomStream } from '../../src/training/random.ts';

function paths(markup: string): string[] {
  const svg = figureDocument().createElement('svg');
  svg.innerHTML = markup;
  return [...toMarkup(svg).matchAll(/ d="([^"]*)"/g)].map(([, d = '']) => d);
}

test('a line is told step by step, what lies behind it more coarsely, and a curve as it was', () => {
  const line = 'M1,2.04L1.04,2.04L1.08,3L1.12,3Z';
  expect(
    paths(
      `<path d="${line}"></path><g class="published"><path d="${line}"></path></g>` +
        '<g fill-opacity="0.1"><path d="M-.4,.3L5,.6M3,3L9,3"></path></g>' +
        '<path d="M0,1A1,1,0,1,1,0,-1.26"></path>',
    ),
  ).toEqual(['M1 2l.2 1Z', 'M1 2l0 1Z', 'M-.5 .5l5.5 0M3 3l6 0', 'M0,1A1,1,0,1,1,0,-1.3']);
});

type Point = [number, number];

/** The corners of a path as `shortPath` writes it. */
function corners(path: string): Point[] {
  const numbers = path.match(/-?\d*\.?\d+/g)?.map(Number) ?? [];
  let [x, y] = [0, 0];
  return Array.from({ length: numbers.length / 2 }, (_, i): Point => {
    [x, y] = [x + (numbers[2 * i] ?? 0), y + (numbers[2 * i + 1] ?? 0)];
    return [x, y];
  });
}

function distance([x, y]: Point, line: readonly Point[]): number {
  return Math.min(
    ...line.slice(1).map(([bx, by], i) => {
      const [ax, ay] = line[i] as Point;
      const [dx, dy] = [bx - ax, by - ay];
      const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
      const t = Math.min(Math.max(along, 0), 1);
      return Math.hypot(x - ax - t * dx, y - ay - t * dy);
    }),
  );
}

test.each<[string, Fineness]>([
  ['line', LINE],
  ['soft', SOFT],
])('no point of a %s is farther off than said, with fewer corners', (_, fineness) => {
  const random = RandomStream.fromSeed(7);
  let y = 50;
  const drawn = Array.from({ length: 120 }, (_, i): Point => [
    42 + 2.53 * i,
    (y += 4 * random.normal()),
  ]);
  drawn.splice(40, 30, ...drawn.slice(40, 70).map(([x]): Point => [x, 402.3]));
  const short = corners(shortPath(`M${drawn.map((point) => point.join()).join('L')}`, fineness));
  const bound = (fineness.tolerance + fineness.grid * Math.SQRT1_2) / 10;
  for (const point of drawn) expect(distance(point, short)).toBeLessThanOrEqual(bound);
  expect(short.length).toBeLessThan(95);
});
