import { bringData } from './figure-parts.ts';
import { placeBeside } from './place.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Index of the row nearest to a place across the drawing. */
function nearest(rows: readonly number[], x: number): number {
  const distances = rows.map((row) => Math.abs(row - x));
  return distances.indexOf(Math.min(...distances));
}

function rowText(table: HTMLTableElement, row: number): HTMLElement {
  const list = document.createElement('dl');
  const cells = table.tBodies[0]?.rows[row]?.cells ?? [];
  for (const [i, cell] of [...cells].entries()) {
    const [term, value] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = table.tHead?.rows[0]?.cells[i]?.textContent ?? '';
    value.textContent = cell.textContent;
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
    if (!svg || !box || box.closest('[data-live]')) return this.hide();
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
    this.#card.replaceChildren(rowText(table, row));
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
  document.documentElement.addEventListener('pointerleave', () => readout.hide());
  document.addEventListener('scroll', () => readout.hide(), { passive: true });
}
