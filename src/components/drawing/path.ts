/** To a tenth of a unit, as text. */
export const toTenth = (value: number): string => String(Math.round(value * 10) / 10);

/** A list of numbers with none of them finer than a tenth. */
export const toTenths = (places: string): string =>
  places.replaceAll(/-?\d*\.\d+/g, (number) => toTenth(Number(number)));

type Point = readonly [x: number, y: number];

/** How finely a path is told, in tenths of a unit: points lie on a grid, and what is closer to a line goes. */
export interface Fineness {
  grid: number;
  tolerance: number;
}

/** A line that is read; a faint line behind it; and a band, whose edge is fainter still. */
export const LINE: Fineness = { grid: 5, tolerance: 5 };
export const SOFT: Fineness = { grid: 10, tolerance: 10 };
export const BAND: Fineness = { grid: 10, tolerance: 20 };

function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length;
  const t = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

/** Ramer, Douglas and Peucker: keeps the points without which the line would leave its place. */
function thin(points: readonly Point[], tolerance: number): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 3) return [...points];
  const off = points.map((point) => distance(point, first, last));
  const worst = Math.max(...off);
  if (worst <= tolerance) return [first, last];
  const at = off.indexOf(worst);
  return [
    ...thin(points.slice(0, at + 1), tolerance),
    ...thin(points.slice(at), tolerance).slice(1),
  ];
}

const tenths = (value: number): string => String(value / 10).replace(/^(-?)0\./, '$1.');

/** Numbers as SVG reads them, without what it can do without. */
const listed = (values: readonly number[]): string =>
  values.map(tenths).reduce((text, value) => text + (value.startsWith('-') ? value : ` ${value}`));

/** One line, each point told from the one before. */
function told(line: readonly Point[]): string {
  const steps = line.slice(1).flatMap(([x, y], i) => {
    const [fromX, fromY] = line[i] as Point;
    return [x - fromX, y - fromY];
  });
  return `M${listed(line[0] as Point)}${steps.length > 0 ? `l${listed(steps)}` : ''}`;
}

/** A path of straight lines in a quarter of its letters; any other path to a tenth. */
export function shortPath(path: string, { grid, tolerance }: Fineness): string {
  if (!/^(?:[ML][-\d.,]+|Z)+$/.test(path)) return toTenths(path);
  const onGrid = (value: string): number => Math.round((Number(value) * 10) / grid) * grid;
  return path.replaceAll(/M([^MZ]+)/g, (_, points: string) => {
    const line = points.split('L').map((point): Point => {
      const [x = '', y = ''] = point.split(',');
      return [onGrid(x), onGrid(y)];
    });
    return told(thin(line, tolerance));
  });
}
