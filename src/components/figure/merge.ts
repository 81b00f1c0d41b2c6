type Place = readonly [x: number, y: number];

const numbers = (element: Element, names: readonly string[]): number[] =>
  names.map((name) => Number(element.getAttribute(name)));

const short = (value: number): string => String(Math.round(value * 10) / 10);

/** A path that starts somewhere and goes on in steps, at most moved. */
const STEPS = /^M(-?[\d.]+)[ ,]?(-?[\d.]+)([a-z][^A-Z]*Z?)$/;
const MOVED = /^translate\((-?[\d.]+),(-?[\d.]+)\)$/;

/** What a path would say in place of this element, and the attributes that say it now; null for other elements. */
function asPath(element: Element): { path: string; attributes: readonly string[] } | null {
  const from = ([x, y]: Place, steps: string): string => `M${short(x)} ${short(y)}${steps}`;
  if (element.localName === 'line') {
    const attributes = ['x1', 'y1', 'x2', 'y2'];
    const [x1, y1, x2, y2] = numbers(element, attributes) as [number, number, number, number];
    return { path: from([x1, y1], `L${short(x2)} ${short(y2)}`), attributes };
  }
  if (element.localName === 'circle') {
    const attributes = ['cx', 'cy', 'r'];
    const [x, y, r] = numbers(element, attributes) as [number, number, number];
    const half = (to: number): string => `a${r} ${r} 0 1 0 ${short(to)} 0`;
    return { path: from([x - r, y], `${half(2 * r)}${half(-2 * r)}Z`), attributes };
  }
  if (element.localName !== 'path') return null;
  const start = STEPS.exec(element.getAttribute('d') ?? '');
  const moved = MOVED.exec(element.getAttribute('transform') ?? 'translate(0,0)');
  if (!start || !moved) return null;
  const [x, y] = [1, 2].map((i) => Number(start[i]) + Number(moved[i])) as [number, number];
  return { path: from([x, y], start[3]!), attributes: ['d', 'transform'] };
}

/** The attributes that an element has besides these. */
const others = (element: Element, but: readonly string[]): string =>
  [...element.attributes]
    .filter(({ name }) => !but.includes(name))
    .map(({ name, value }) => `${name}=${value}`)
    .join(' ');

/** Makes one path of a group of lines, dots or paths that look alike: a panel has a hundred of them. */
export function merge(group: Element): void {
  const children = [...group.children];
  const paths = children.map(asPath);
  const looks = children.map((child, i) => others(child, paths[i]?.attributes ?? []));
  if (children.length < 2 || paths.includes(null) || new Set(looks).size > 1) return;
  const [first, ...rest] = children as [Element, ...Element[]];
  const path = group.ownerDocument.createElementNS(group.namespaceURI, 'path');
  for (const { name, value } of first.attributes)
    if (!paths[0]!.attributes.includes(name)) path.setAttribute(name, value);
  path.setAttribute('d', paths.map((one) => one!.path).join(''));
  first.replaceWith(path);
  for (const element of rest) element.remove();
}
