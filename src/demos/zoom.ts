import { formatError, formatInteger } from '../components/format.ts';
import type { Layer, Point } from './overlay.ts';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT, LEFT, MARGIN] = [472, 150, 46, 22];

function element(name: string, attributes: Record<string, string | number>, text = ''): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

/** Losses of a run and of the record where the run is, on axes of their own: of many steps, the figure shows a tick. */
export function drawZoom(
  place: HTMLElement,
  { live, recorded }: Readonly<Record<Layer, readonly Point[]>>,
): void {
  const end = live.at(-1)?.[0] ?? 0;
  const beside = recorded.filter(([step]) => step <= end);
  const values = [...live, ...beside].map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (live.length < 2 || !(low < high)) return;
  const across = (step: number): number => LEFT + (step / end) * (WIDTH - LEFT - MARGIN);
  const down = (value: number): number =>
    MARGIN + ((high - value) / (high - low)) * (HEIGHT - 2 * MARGIN);
  const line = (layer: Layer, points: readonly Point[]): SVGElement => {
    const at = points.map(([x, y]) => `${across(x).toFixed(1)},${down(y).toFixed(1)}`);
    return element('polyline', { class: layer, points: at.join(' '), fill: 'none' });
  };
  const tick = (x: number, y: number, text: string, anchor: string): SVGElement =>
    element('text', { x, y, 'text-anchor': anchor, 'font-size': 11 }, text);
  const svg = element('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: 'panel',
    role: 'img',
    'aria-label': `Training loss over d up to step ${end}, here and in the record`,
  });
  svg.append(
    tick(LEFT - 6, down(high) + 4, formatError(high), 'end'),
    tick(LEFT - 6, down(low) + 4, formatError(low), 'end'),
    tick(LEFT, HEIGHT - 4, '0', 'middle'),
    tick(across(end), HEIGHT - 4, formatInteger(end), 'end'),
    line('recorded', beside),
    line('live', live),
  );
  place.replaceChildren(svg);
}
