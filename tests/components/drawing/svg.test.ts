import { expect, test } from 'vitest';
import { colour } from '../../../src/components/drawing/colours.ts';
import { LINE, SOFT, shortPath } from '../../../src/components/drawing/path.ts';
import type { Fineness } from '../../../src/components/drawing/path.ts';
import { figureDocument, standalone, toMarkup } from '../../../src/components/drawing/svg.ts';
import { RandomStream } from '../../../src/numerics/random.ts';

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
  ).toEqual(['M1 2l0 1Z', 'M1 2l0 1Z', 'M0 0l5 1M3 3l6 0', 'M0,1A1,1,0,1,1,0,-1.3']);
  const bent = 'M0,0L5,1.5L10,0';
  expect(
    paths(
      `<path d="${bent}"></path><g class="published"><path d="${bent}"></path></g>` +
        `<g fill-opacity="0.1"><path d="${bent}"></path></g>`,
    ),
  ).toEqual(['M0 0l5 1.5 5-1.5', 'M0 0l5 2 5-2', 'M0 0l10 0']);
});

const markupOf = (inner: string): string => {
  const svg = figureDocument().createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.innerHTML = inner;
  toMarkup(svg);
  return svg.innerHTML;
};

test('a group of like marks becomes one path in their place', () => {
  expect(
    markupOf(
      '<g stroke="red"><line x1="1" x2="9" y1="2" y2="2"></line><line x1="1" x2="9" y1="4.06" y2="4.06"></line></g>' +
        '<g transform="translate(5,0)"><path transform="translate(1,2)" d="M0,0L0,4" fill="a"></path>' +
        '<path transform="translate(3,2)" d="M0,0L0,4" fill="a"></path></g>' +
        '<g><circle cx="3" cy="4" r="2"></circle><circle cx="13" cy="4" r="2"></circle></g>',
    ),
  ).toBe(
    '<path d="M1 2L9 2M1 4.1L9 4.1" stroke="red"></path>' +
      '<path fill="a" d="M1 2l0 4M3 2l0 4" transform="translate(5,0)"></path>' +
      '<path d="M1 4a2 2 0 1 0 4 0a2 2 0 1 0 -4 0ZM11 4a2 2 0 1 0 4 0a2 2 0 1 0 -4 0Z"></path>',
  );
});

test('marks that look or are told differently, or overlap, stay apart', () => {
  const apart =
    '<g><circle cx="3" cy="4" r="2" fill="a"></circle><circle cx="18" cy="4" r="2" fill="b"></circle></g>' +
    '<g><circle cx="3" cy="4" r="2"></circle><circle cx="8" cy="4" r="2"></circle></g>' +
    '<g><path d="M0,1A1,1,0,1,1,0,-1" transform="translate(1,2)"></path><line x1="0" x2="1" y1="0" y2="1"></line></g>' +
    '<g><text>a</text><text>b</text></g>';
  expect(markupOf(apart)).toBe(apart);
});

test('a group around one mark is left out, unless both are moved or cut', () => {
  expect(
    markupOf(
      '<g clip-path="url(#c)"><g class="curve" stroke="red"><path class="own" d="M1,2L9,9" stroke="blue"></path></g></g>' +
        '<g transform="translate(1,1)"><text transform="translate(2,2)">d</text></g>',
    ),
  ).toBe(
    '<path class="curve own" d="M1 2l8 7" stroke="blue" clip-path="url(#c)"></path>' +
      '<g transform="translate(1,1)"><text transform="translate(2,2)">d</text></g>',
  );
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

test('clip paths are named by their drawing, whichever came before it', () => {
  const drawn = (inner: string): string => {
    const svg = figureDocument().createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.innerHTML = inner;
    return toMarkup(svg);
  };
  const one = (i: number, d = 'M0 0l1 1') =>
    drawn(
      `<clipPath id="plot-clip-${i}"><rect></rect></clipPath><path clip-path="url(#plot-clip-${i})" d="${d}"></path>` +
        `<clipPath id="plot-clip-${i + 1}"></clipPath>`,
    );
  expect(one(7)).toBe(one(23));
  expect(one(7)).not.toBe(one(7, 'M0 0l1 2'));
  const [, id] = /<clipPath id="(clip-[0-9a-f]{8}-0)">/.exec(one(7))!;
  expect(one(7)).toContain(`clip-path="url(#${id})"`);
  expect(one(7)).toContain(`<clipPath id="${id!.replace(/0$/, '1')}">`);
  // Two different drawings on one page must not share a name.
  expect(one(7, 'M0 0l1 2')).not.toContain(id);
});

test('a figure that stands alone wears the colours of the light theme', () => {
  const svg = standalone(['<svg viewBox="0 0 10 10" fill="var(--mamba)"></svg>']);
  expect(svg).toContain(`fill="${colour('--mamba', 'light')}"`);
  expect(() => standalone(['<svg viewBox="0 0 10 10" fill="var(--nothing)"></svg>'])).toThrow(
    /--nothing/,
  );
});
