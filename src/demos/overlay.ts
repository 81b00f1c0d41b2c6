import { clampError, project } from '../components/learning-curves/scale.ts';
import type { Axes } from '../components/learning-curves/scale.ts';
import type { LiveCurve } from './protocol.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** SVG path of a curve in a panel's viewBox. */
function curvePath(axes: Axes, { k, mean }: LiveCurve, d: number): string {
  const points = k.map((examples, i) =>
    project(axes, examples / d, clampError(axes, mean[i] ?? Number.NaN)),
  );
  return points
    .map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`)
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

/** Draws a run's curve into the panel of its artifact (`<experiment>.<preset>`) and distribution, in place. */
export function drawOverlay(figure: Element, artifact: string, curve: LiveCurve, d: number): void {
  const panel = figure.querySelector(
    `svg[data-artifact="${artifact}"][data-evaluation="${curve.evaluation}"]`,
  );
  const axes = panel?.getAttribute('data-axes');
  if (!panel || !axes) return;
  layer(panel).setAttribute('d', curvePath(JSON.parse(axes) as Axes, curve, d));
}

export function clearOverlay(figure: Element): void {
  for (const path of figure.querySelectorAll('path.live')) path.remove();
}
