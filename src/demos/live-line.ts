import { PANEL, clamp, downAt, valueAcross, valueDown } from '../components/drawing/axis.ts';
import type { Axis } from '../components/drawing/axis.ts';
import { spread } from '../components/drawing/labels.ts';
import { methodStyle } from '../components/drawing/methods.ts';
import { TRUTH } from '../components/figures/line/truth.ts';
import { LiveElement, askedBackend } from './live-element.ts';
import { linePath } from './overlay.ts';
import type { CommonEvent, LineEvent, LineRequest } from './protocol.ts';

type Lines = Extract<LineEvent, { type: 'lines' }>;

const SVG = 'http://www.w3.org/2000/svg';

/** A figure of lines whose function a reader turns: published models answer as it turns. */
class LiveLine extends LiveElement<LineRequest, LineEvent> {
  #promptSeed = 0;
  #slope: number | undefined;
  #waiting = false;
  #asked = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#slider.addEventListener('input', () => this.#turn(this.#slider.valueAsNumber));
    for (const panel of this.figure.querySelectorAll<SVGSVGElement>('svg[data-k]')) {
      for (const kind of ['pointerdown', 'pointermove'] as const)
        panel.addEventListener(kind, (event) => this.#drag(panel, event));
    }
    this.#other.addEventListener('click', () => {
      this.#promptSeed += 1;
      this.#ask();
    });
  }

  get #slider(): HTMLInputElement {
    return this.find('input[name="slope"]', HTMLInputElement);
  }

  get #other(): HTMLButtonElement {
    return this.find('button[name="other"]', HTMLButtonElement);
  }

  protected spawn(): Worker {
    this.#promptSeed = Number(this.dataset['promptSeed']);
    this.#slope = undefined;
    this.#waiting = true;
    this.#asked = false;
    return new Worker(new URL('./along.worker.ts', import.meta.url), { type: 'module' });
  }

  protected request(): LineRequest {
    const { url = '', key, models = '', k = '', places = '' } = this.dataset;
    return {
      artifactUrl: new URL(url, location.href).href,
      ...(key !== undefined && { artifactKey: key }),
      models: JSON.parse(models) as LineRequest['models'],
      k: JSON.parse(k) as number[],
      places: JSON.parse(places) as number[],
      promptSeed: this.#promptSeed,
      ...(this.#slope !== undefined && { slope: this.#slope }),
      ...askedBackend(),
    };
  }

  #turn(slope: number): void {
    this.#slider.valueAsNumber = slope;
    // As the slider has it: within its ends, and in its steps.
    this.#slope = this.#slider.valueAsNumber;
    this.#ask();
  }

  /** Turns the function to where the pointer holds it. */
  #drag(panel: SVGSVGElement, event: PointerEvent): void {
    if (this.#slider.disabled || !(event.buttons & 1)) return;
    const { x, y } = axesOf(panel);
    const frame = panel.getBoundingClientRect();
    const unit = PANEL.width / frame.width;
    const place = valueAcross(x, (event.clientX - frame.left) * unit);
    if (Math.abs(place) < 0.25) return;
    panel.setPointerCapture(event.pointerId);
    this.#turn(valueDown(y, (event.clientY - frame.top) * unit) / place);
  }

  /** One question at a time; of those asked meanwhile, the last. */
  #ask(): void {
    if (this.#waiting) {
      this.#asked = true;
      return;
    }
    this.#waiting = true;
    this.post(this.request());
  }

  protected receive(event: Exclude<LineEvent, CommonEvent>): void {
    this.#waiting = false;
    this.progress(1);
    this.#slope ??= event.slope;
    for (const control of [this.#slider, this.#other]) control.disabled = false;
    if (!this.#asked) this.#slider.valueAsNumber = this.#slope;
    this.figure.toggleAttribute('data-live', true);
    for (const panel of this.figure.querySelectorAll('svg[data-k]')) drawLines(panel, event);
    const time = `${Math.max(1, Math.round(1000 * event.seconds))} ms`;
    this.settle(`Slope ${event.slope.toFixed(2).replace('-', '−')}, answered here in ${time}.`);
    if (this.#asked) {
      this.#asked = false;
      this.#ask();
    }
  }

  protected clear(): void {
    this.figure.toggleAttribute('data-live', false);
    for (const control of [this.#slider, this.#other]) control.disabled = true;
    for (const path of this.figure.querySelectorAll('path.live-line')) path.remove();
    for (const label of this.figure.querySelectorAll<SVGElement>('.label[data-y]'))
      label.setAttribute('y', label.dataset['y'] ?? '');
  }
}

const axesOf = (panel: Element) =>
  JSON.parse(panel.getAttribute('data-axes') ?? '{}') as { x: Axis; y: Axis };

/** The lines of one panel, in place of those before, and the names at their ends. */
function drawLines(panel: Element, { places, lines, slope }: Lines): void {
  const axes = axesOf(panel);
  const k = Number(panel.getAttribute('data-k'));
  const shown = [
    { ...TRUTH, y: places.map((place) => slope * place) },
    ...lines.filter((line) => line.k === k).map(({ method, y }) => ({ ...methodStyle(method), y })),
  ];
  for (const path of panel.querySelectorAll('path.live-line')) path.remove();
  for (const { variable, dash, y } of shown) {
    const path = document.createElementNS(SVG, 'path');
    const points = places.map((place, i) => [place, y[i]!] as const);
    path.setAttribute('class', 'live-line');
    path.setAttribute('d', linePath(axes, points));
    path.setAttribute('stroke', `var(${variable})`);
    path.setAttribute('stroke-dasharray', dash);
    panel.append(path);
  }
  const ends = shown.map(({ name, variable, y }) => ({
    text: name,
    variable,
    layer: 'curve',
    y: downAt(axes.y, clamp(axes.y, y[y.length - 1]!)),
  }));
  const placed = spread(ends, 14, PANEL.top + 6, PANEL.height - PANEL.bottom - 4);
  for (const label of panel.querySelectorAll<SVGElement>('.label')) {
    const own = placed.find(({ text }) => text === label.textContent);
    label.dataset['y'] ??= label.getAttribute('y') ?? '';
    if (own) label.setAttribute('y', own.y.toFixed(1));
  }
}

export function defineLiveLine(): void {
  if (!customElements.get('live-line')) customElements.define('live-line', LiveLine);
}
