import * as Plot from '@observablehq/plot';
import { figureDocument, toMarkup } from './svg.ts';

/** What Observable Plot draws, as markup with these attributes; the page's colours and fonts apply to it. */
export function plotMarkup(
  options: Plot.PlotOptions,
  attributes: Readonly<Record<string, string>> = {},
): string {
  const svg = Plot.plot({
    document: figureDocument(),
    className: 'panel',
    ...options,
    style: { fontSize: '12px' },
  });
  svg.removeAttribute('style');
  for (const [name, value] of Object.entries({ ...attributes, 'font-size': '12' }))
    svg.setAttribute(name, value);
  return toMarkup(svg);
}
