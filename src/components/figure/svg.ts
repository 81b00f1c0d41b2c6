import { JSDOM } from 'jsdom';

let shared: Document | undefined;

/** The document in which figures are drawn at build time. */
export const figureDocument = (): Document => (shared ??= new JSDOM('').window.document);

/**
 * Markup of an SVG that Observable Plot drew: without its inline style sheet (the site's own
 * applies, and a content security policy may forbid others) and without fixed sizes.
 */
export function toMarkup(svg: Element): string {
  svg.querySelector('style')?.remove();
  for (const name of ['width', 'height', 'font-family']) svg.removeAttribute(name);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.removeAttribute('xmlns:xlink');
  for (const path of svg.querySelectorAll('path[d]'))
    path.setAttribute('d', (path.getAttribute('d') ?? '').replaceAll(/(\.\d)\d+/g, '$1'));
  return svg.outerHTML;
}

/** Colours of a figure that stands alone: those of the site's light theme. */
export const LIGHT: Readonly<Record<string, string>> = {
  '--mamba': '#154c8a',
  '--transformer': '#b85200',
  '--baseline': '#6a6a72',
  '--live': '#111111',
  '--rule': '#dcdce0',
  '--ink': '#1a1a1f',
  '--ink-soft': '#5c5c66',
  '--paper': '#ffffff',
};

/** Puts panels side by side in one SVG file with its colours and fonts resolved. */
export function standalone(panels: readonly string[], width: number, height: number): string {
  const placed = panels.map((panel, i) =>
    panel.replace('<svg ', `<svg x="${i * width}" width="${width}" height="${height}" `),
  );
  const body = placed.join('').replaceAll(/var\((--[a-z-]+)\)/g, (_, name: string) => {
    const colour = LIGHT[name];
    if (colour) return colour;
    throw new Error(`standalone: expected a colour for ${name}, got none; add it to LIGHT`);
  });
  const size = `viewBox="0 0 ${width * panels.length} ${height}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} fill="${LIGHT['--ink']}" ` +
    `color="${LIGHT['--ink']}" font-family="Inter, Helvetica, Arial, sans-serif">` +
    `<rect width="100%" height="100%" fill="${LIGHT['--paper']}"/>${body}</svg>\n`
  );
}
