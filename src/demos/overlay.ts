import { acrossAt, clamp, downAt } from '../components/drawing/axis.ts';
import type { Axis } from '../components/drawing/axis.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** A point in the units of a panel's axes. */
type Point = readonly [x: number, y: number];

/** SVG path in a panel's viewBox of a line that stays within its axes. */
export function linePath({ x, y }: { x: Axis; y: Axis }, points: readonly Point[]): string {
  return points
    .map(([across, up], i) => {
      const at = [acrossAt(x, clamp(x, across)), downAt(y, clamp(y, up))];
      return `${i === 0 ? 'M' : 'L'}${at.map((value) => value.toFixed(1)).join(',')}`;
    })
    .join('');
}

function layer(panel: Element): SVGPathElement {
  const found = panel.querySelector<SVGPathElement>('path.live');
  if (found) return found;
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('class', 'live');
  panel.append(path);
  return path;
}

/** Draws a run's line into a panel, in place of the one before. */
export function drawOverlay(panel: Element | null, points: readonly Point[]): void {
  const axes = panel?.getAttribute('data-axes');
  if (!panel || !axes) return;
  layer(panel).setAttribute('d', linePath(JSON.parse(axes) as { x: Axis; y: Axis }, points));
}

export function clearOverlay(figure: Element): void {
  for (const path of figure.querySelectorAll('path.live')) path.remove();
}
