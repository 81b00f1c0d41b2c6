import { toTenth } from './path.ts';

type Place = readonly [x: number, y: number];

const numbers = (element: Element, names: readonly string[]): number[] =>
  names.map((name) => Number(element.getAttribute(name)));

/** A path that starts somewhere and goes on in steps, at most moved. */
const STEPS = /^M(-?[\d.]+)[ ,]?(-?[\d.]+)([a-z][^A-Z]*Z?)$/;
const MOVED = /^translate\((-?[\d.]+),(-?[\d.]+)\)$/;

interface Told {
  place: Place;
  steps: string;
  /** Those that tell it now. */
  attributes: readonly string[];
}

/** What a path would say in place of this element; null for other elements. */
function asPath(element: Element): Told | null {
  if (element.localName === 'line') {
    const attributes = ['x1', 'y1', 'x2', 'y2'];
    const [x1, y1, x2, y2] = numbers(element, attributes) as [number, number, number, number];
    return { place: [x1, y1], steps: `L${toTenth(x2)} ${toTenth(y2)}`, attributes };
  }
  if (element.localName === 'circle') {
    const attributes = ['cx', 'cy', 'r'];
    const [x, y, r] = numbers(element, attributes) as [number, number, number];
    const half = (to: number): string => `a${r} ${r} 0 1 0 ${toTenth(to)} 0`;
    return { place: [x - r, y], steps: `${half(2 * r)}${half(-2 * r)}Z`, attributes };
  }
  if (element.localName !== 'path') return null;
  const start = STEPS.exec(element.getAttribute('d') ?? '');
  const moved = MOVED.exec(element.getAttribute('transform') ?? 'translate(0,0)');
  if (!start || !moved) return null;
  const [x, y] = [1, 2].map((i) => Number(start[i]) + Number(moved[i])) as [number, number];
  return { place: [x, y], steps: start[3]!, attributes: ['d', 'transform'] };
}

/** The attributes that an element has besides these. */
const others = (element: Element, but: readonly string[]): string =>
  [...element.attributes]
    .filter(({ name }) => !but.includes(name))
    .map(({ name, value }) => `${name}=${value}`)
    .join(' ');

/** As far as a mark's middle must be from the next one's: in one path, the edge of each would cut the other. */
const APART = 8;

const overlap = (places: readonly Place[]): boolean =>
  places.some(([x, y], i) =>
    places.slice(0, i).some(([px, py]) => Math.hypot(x - px, y - py) < APART),
  );

const told = ({ place: [x, y], steps }: Told): string => `M${toTenth(x)} ${toTenth(y)}${steps}`;

/** Makes one path of a group of lines, dots or paths that look alike: a panel has a hundred of them. */
export function merge(group: Element): void {
  const children = [...group.children];
  const paths = children.map(asPath).filter((path) => path !== null);
  const looks = paths.map(({ attributes }, i) => others(children[i]!, attributes));
  const [first, ...rest] = children;
  if (!first || rest.length === 0 || paths.length < children.length) return;
  if (new Set(looks).size > 1) return;
  if (paths[0]!.steps.endsWith('Z') && overlap(paths.map(({ place }) => place))) return;
  const path = group.ownerDocument.createElementNS(group.namespaceURI, 'path');
  for (const { name, value } of first.attributes)
    if (!paths[0]!.attributes.includes(name)) path.setAttribute(name, value);
  path.setAttribute('d', paths.map(told).join(''));
  first.replaceWith(path);
  for (const element of rest) element.remove();
}
