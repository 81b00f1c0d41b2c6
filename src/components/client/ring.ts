import { acrossAt, clamp, downAt } from '../drawing/axis.ts';
import type { Axis } from '../drawing/axis.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Rings places of a drawing, and lets go of those that were ringed before. */
export function ring(panel: SVGSVGElement, places: readonly { x: number; y: number }[]): void {
  for (const old of document.querySelectorAll('.place-ring')) old.remove();
  const { x: across, y: down } = JSON.parse(panel.dataset['axes'] ?? '{}') as { x: Axis; y: Axis };
  for (const { x, y } of places) {
    const circle = document.createElementNS(SVG, 'circle');
    circle.setAttribute('class', 'place-ring');
    circle.setAttribute('cx', acrossAt(across, x).toFixed(1));
    circle.setAttribute('cy', downAt(down, clamp(down, y)).toFixed(1));
    circle.setAttribute('r', '9');
    panel.append(circle);
  }
}
