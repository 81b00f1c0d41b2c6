import { JSDOM } from 'jsdom';
import { createHash } from 'node:crypto';
import { colour } from './colours.ts';
import { merge } from './merge.ts';
import { BAND, LINE, SOFT, shortPath, toTenths } from './path.ts';
import type { Fineness } from './path.ts';

let shared: Document | undefined;

/** The document in which figures are drawn at build time. */
export const figureDocument = (): Document => (shared ??= new JSDOM('').window.document);

function finenessOf(path: Element): Fineness {
  if (path.closest('[fill-opacity]')) return BAND;
  return path.closest('.published') ? SOFT : LINE;
}

/** Attributes of a group that mean another thing on an element that is moved itself. */
const BOUND = ['transform', 'clip-path'] as const;

/** Gives what a group says to its only child: Plot makes two groups of every mark, half of a panel's elements. */
function unwrap(group: Element): void {
  const [child, ...others] = group.children;
  if (!child || others.length > 0) return;
  if (child.hasAttribute('transform') && BOUND.some((name) => group.hasAttribute(name))) return;
  if (child.hasAttribute('clip-path') && group.hasAttribute('clip-path')) return;
  for (const { name, value } of group.attributes) {
    const own = child.getAttribute(name);
    if (own === null) child.setAttribute(name, value);
    else if (name === 'class') child.setAttribute(name, `${value} ${own}`);
  }
  group.replaceWith(child);
}

const CLIP = /plot-clip-\d+/g;

/** Attributes that say where something is. */
const PLACES = new Set(['transform', 'x', 'y', 'cx', 'cy', 'x1', 'x2', 'y1', 'y2']);

/**
 * Markup of an SVG that Observable Plot drew: without its inline style sheet (the site's own
 * applies, and a content security policy may forbid others) and without fixed sizes.
 */
export function toMarkup(svg: Element): string {
  svg.querySelector('style')?.remove();
  for (const name of ['width', 'height', 'font-family']) svg.removeAttribute(name);
  // A group has no role that a name could belong to; the drawing as a whole is named.
  for (const group of svg.querySelectorAll('g[aria-label]')) group.removeAttribute('aria-label');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.removeAttribute('xmlns:xlink');
  for (const element of svg.querySelectorAll('*')) {
    for (const { name, value } of element.attributes)
      if (PLACES.has(name)) element.setAttribute(name, toTenths(value));
    const path = element.getAttribute('d');
    if (path) element.setAttribute('d', shortPath(path, finenessOf(element)));
  }
  for (const text of svg.querySelectorAll('text:empty')) text.remove();
  for (const group of [...svg.querySelectorAll('g')].toReversed()) {
    merge(group);
    unwrap(group);
  }
  return named(svg.outerHTML);
}

/** Plot numbers its clip paths as they come; a name out of the drawing itself is the same in every build. */
function named(markup: string): string {
  const numbers = [...new Set(markup.match(CLIP))];
  const bare = markup.replaceAll(CLIP, '');
  const name = `clip-${createHash('sha256').update(bare).digest('hex').slice(0, 8)}`;
  return markup.replaceAll(CLIP, (number) => `${name}-${numbers.indexOf(number)}`);
}

/** Width and height of a drawing, by its viewBox. */
export function proportions(svg: string): [width: number, height: number] {
  const [, width, height] = /^<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  if (width !== undefined && height !== undefined) return [Number(width), Number(height)];
  throw new Error(
    `panel: expected an SVG with viewBox="0 0 width height", got ${svg.slice(0, 60)}`,
  );
}

/** Puts panels side by side in one SVG file with its colours and fonts resolved. */
export function standalone(panels: readonly string[]): string {
  const sizes = panels.map(proportions);
  const edges = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, [width]) => sum + width, 0));
  const [width, height] = [
    sizes.reduce((sum, [one]) => sum + one, 0),
    Math.max(...sizes.map(([, one]) => one)),
  ];
  const placed = panels.map((panel, i) =>
    panel.replace(
      '<svg ',
      `<svg x="${edges[i]}" width="${sizes[i]![0]}" height="${sizes[i]![1]}" `,
    ),
  );
  const body = placed
    .join('')
    .replaceAll(/var\((--[a-z0-9-]+)\)/g, (_, name: string) => colour(name, 'light'));
  const size = `viewBox="0 0 ${width} ${height}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} fill="${colour('--ink', 'light')}" ` +
    `color="${colour('--ink', 'light')}" font-family="Inter, Helvetica, Arial, sans-serif">` +
    `<rect width="100%" height="100%" fill="${colour('--paper', 'light')}"/>${body}</svg>\n`
  );
}
