import { acrossAt, clamp, downAt } from '../components/drawing/axis.ts';
import type { Axis } from '../components/drawing/axis.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** A point in the units of a panel's axes. */
export type Point = readonly [x: number, y: number];

/** `live` is the reader's run, `recorded` what it is held against. */
export type Layer = 'live' | 'recorded';

/** SVG path in a panel's viewBox of a line that stays within its axes. */
export function linePath({ x, y }: { x: Axis; y: Axis }, points: readonly Point[]): string {
  return points
    .map(([across, up], i) => {
      const at = [acrossAt(x, clamp(x, across)), downAt(y, clamp(y, up))];
      return `${i === 0 ? 'M' : 'L'}${at.map((value) => value.toFixed(1)).join(',')}`;
    })
    .join('');
}

function pathOf(panel: Element, layer: Layer): SVGPathElement {
  const found = panel.querySelector<SVGPathElement>(`path.${layer}`);
  if (found) return found;
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('class', layer);
  panel.append(path);
  return path;
}

/** Draws a line into a panel, in place of the one of the same layer before. */
export function drawOverlay(panel: Element, layer: Layer, points: readonly Point[]): void {
  const axes = panel.getAttribute('data-axes');
  if (axes)
    pathOf(panel, layer).setAttribute(
      'd',
      linePath(JSON.parse(axes) as { x: Axis; y: Axis }, points),
    );
}

export function clearOverlay(figure: Element): void {
  for (const path of figure.querySelectorAll('path.live, path.recorded')) path.remove();
}
