import { bringData } from './figure-parts.ts';
import { placeBeside } from './place.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Index of the row nearest to a place across the drawing. */
function nearest(rows: readonly number[], x: number): number {
  const distances = rows.map((row) => Math.abs(row - x));
  return distances.indexOf(Math.min(...distances));
}

/** What a row says of one name: of several runs, from the least to the largest. */
interface Entry {
  name: string;
  cells: string[];
}

/** Columns of one method are named by it and a seed. */
const SEED = / \d+$/;

function entriesOf(table: HTMLTableElement, row: number): Entry[] {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent);
  const entries = new Map<string, string[]>();
  for (const [i, cell] of [...(table.tBodies[0]?.rows[row]?.cells ?? [])].entries()) {
    const name = (heads[i] ?? '').replace(SEED, '');
    if (cell.textContent !== '')
      entries.set(name, [...(entries.get(name) ?? []), cell.textContent]);
  }
  return [...entries].map(([name, cells]) => ({ name, cells }));
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** As they are written; tiny ones are as `3.0 × 10⁻⁵`. */
function valueOf(cell: string): number {
  const [, exponent = ''] = cell.split('10⁻');
  const digits = exponent.replaceAll(/./g, (digit) => String(SUPERSCRIPTS.indexOf(digit)));
  return Number.parseFloat(cell.replace('−', '-')) * 10 ** -Number(digits);
}

function rangeOf(cells: readonly string[]): string {
  const sorted = cells.toSorted((a, b) => valueOf(a) - valueOf(b));
  const [low, high] = [sorted[0] ?? '', sorted.at(-1) ?? ''];
  return low === high ? low : `${low} to ${high}`;
}

/** The colour of a name at the end of its line. */
const colourOf = (svg: Element, name: string): string | null =>
  [...svg.querySelectorAll('.label:not(.published)')]
    .find((label) => label.textContent.replace(' ↓', '') === name)
    ?.getAttribute('fill') ?? null;

function rowText(svg: Element, table: HTMLTableElement, row: number): HTMLElement {
  const list = document.createElement('dl');
  for (const { name, cells } of entriesOf(table, row)) {
    const [term, value] = [document.createElement('dt'), document.createElement('dd')];
    const colour = colourOf(svg, name);
    term.textContent = name;
    if (colour) term.style.color = colour;
    value.textContent = rangeOf(cells);
    list.append(term, value);
  }
  return list;
}

/** Where the pointer is over a panel, the row of its data table under it. */
class Readout {
  readonly #card = document.createElement('div');
  readonly #rule = document.createElementNS(SVG, 'line');

  constructor() {
    this.#card.className = 'card readout';
    this.#card.popover = 'manual';
    this.#card.setAttribute('aria-hidden', 'true');
    this.#rule.setAttribute('class', 'readout-rule');
    document.body.append(this.#card);
  }

  follow(event: PointerEvent): void {
    const svg = event.target instanceof Element ? event.target.closest('svg') : null;
    const box = svg?.closest<HTMLElement>('.panel-box[data-table]');
    // What a reader computed there is not what the table says.
    const isName = event.target instanceof Element && event.target.matches('.label');
    if (!svg || !box || isName || box.closest('[data-live]')) return this.hide();
    const table = document.getElementById(box.dataset['table'] ?? '');
    if (table instanceof HTMLTableElement) this.#show(svg, table, event);
    else bringData(box.closest('figure'));
  }

  #show(svg: SVGSVGElement, table: HTMLTableElement, event: PointerEvent): void {
    const rows = (table.dataset['rows'] ?? '').split(' ').map(Number);
    const frame = svg.getBoundingClientRect();
    const { width, height } = svg.viewBox.baseVal;
    const row = nearest(rows, ((event.clientX - frame.left) / frame.width) * width);
    const x = rows[row] ?? 0;
    for (const [name, value] of Object.entries({
      x1: x,
      x2: x,
      y1: height * 0.1,
      y2: height * 0.88,
    }))
      this.#rule.setAttribute(name, String(value));
    svg.append(this.#rule);
    this.#card.replaceChildren(rowText(svg, table, row));
    if (!this.#card.matches(':popover-open')) this.#card.showPopover();
    const left = frame.left + (x / width) * frame.width;
    placeBeside(this.#card, new DOMRect(left, frame.top, 0, frame.height));
  }

  hide(): void {
    this.#rule.remove();
    if (this.#card.matches(':popover-open')) this.#card.hidePopover();
  }
}

export function startReadouts(): void {
  const readout = new Readout();
  document.addEventListener('pointermove', (event) => readout.follow(event));
  document.addEventListener('pointerdown', (event) => readout.follow(event));
  document.documentElement.addEventListener('pointerleave', () => readout.hide());
  document.addEventListener('scroll', () => readout.hide(), { passive: true });
}
