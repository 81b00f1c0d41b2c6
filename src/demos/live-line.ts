import { PANEL, clamp, downAt, valueAcross, valueDown } from '../components/drawing/axis.ts';
import type { Axis } from '../components/drawing/axis.ts';
import { spread } from '../components/drawing/labels.ts';
import { methodStyle } from '../components/drawing/methods.ts';
import { TRUTH } from '../components/figures/line/truth.ts';
import type { AlongALine } from '../artifacts/along-a-line.ts';
import { askedBackend } from './choice.ts';
import type { FromWorker, Job, ToWorker } from './messages.ts';
import { linePath } from './overlay.ts';
import { deviceText, notStarted } from './words.ts';

const SVG = 'http://www.w3.org/2000/svg';

type State = 'idle' | 'running' | 'done' | 'failed' | 'cancelled';

/** A figure of lines whose function a reader turns: the node that made it runs again, and again, as it turns. */
class LiveLine extends HTMLElement {
  #worker: Worker | undefined;
  #promptSeed = 0;
  #slope: number | undefined;
  #waiting = false;
  #asked = false;

  connectedCallback(): void {
    this.#find('form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#start();
    });
    this.#find('.live-cancel', HTMLElement).addEventListener('click', () => {
      this.#end('cancelled', 'Cancelled. Nothing was kept.');
    });
    this.#slider.addEventListener('input', () => this.#turn(this.#slider.valueAsNumber));
    for (const panel of this.#panels)
      for (const kind of ['pointerdown', 'pointermove'] as const)
        panel.addEventListener(kind, (event) => this.#drag(panel, event));
    this.#other.addEventListener('click', () => {
      this.#promptSeed += 1;
      this.#ask();
    });
    this.#enter('idle', '');
  }

  disconnectedCallback(): void {
    this.#worker?.terminate();
  }

  #find<T extends HTMLElement>(selector: string, kind: new () => T): T {
    const element = this.querySelector(selector);
    if (element instanceof kind) return element;
    throw new Error(`${this.localName}: expected ${selector} inside, got none; see its component`);
  }

  get #slider(): HTMLInputElement {
    return this.#find('input[name="slope"]', HTMLInputElement);
  }

  get #other(): HTMLButtonElement {
    return this.#find('button[name="other"]', HTMLButtonElement);
  }

  get #figure(): HTMLElement {
    return this.closest('figure') ?? this;
  }

  get #panels(): SVGSVGElement[] {
    return [...this.#figure.querySelectorAll<SVGSVGElement>('svg[data-k]')];
  }

  #start(): void {
    this.#end('running', 'Loading its code …');
    this.#promptSeed = this.#job.promptSeed;
    this.#slope = undefined;
    const worker = new Worker(new URL('./node.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (worker === this.#worker) this.#receive(data);
    });
    worker.addEventListener('error', ({ message }) => this.#end('failed', notStarted(message)));
    this.#worker = worker;
    this.#asked = false;
    this.#waiting = false;
    this.#ask();
  }

  get #job(): LineJob {
    return JSON.parse(this.dataset['job'] ?? '{}') as LineJob;
  }

  /** One question at a time; of those asked meanwhile, the last. */
  #ask(): void {
    if (this.#waiting) {
      this.#asked = true;
      return;
    }
    this.#waiting = true;
    const { site, changed, ...job } = this.#job;
    const [promptSeed, slope] = [this.#promptSeed, this.#slope];
    const own = { ...changed, promptSeed, ...(slope !== undefined && { slope }) };
    const asked: Job = {
      ...job,
      ...askedBackend(),
      site: new URL(site, location.href).href,
      steps: [{ node: job.node, changed: own }],
    };
    this.#worker?.postMessage({ type: 'run', job: asked } satisfies ToWorker);
  }

  #receive(event: FromWorker): void {
    if (event.type === 'stage' && this.dataset['state'] === 'running') this.#say(event.text);
    if (event.type === 'device')
      this.#find('.live-device', HTMLElement).textContent = deviceText(event.runtime, event.reason);
    if (event.type === 'failed' || event.type === 'lost')
      this.#end('failed', `It failed: ${event.message}`);
    if (event.type !== 'made') return;
    const answer = JSON.parse(event.made.files['data.json'] ?? '{}') as AlongALine;
    this.#waiting = false;
    this.#slope ??= answer.slope;
    for (const control of [this.#slider, this.#other]) control.disabled = false;
    if (!this.#asked) this.#slider.valueAsNumber = this.#slope;
    this.#figure.toggleAttribute('data-live', true);
    for (const panel of this.#panels) drawLines(panel, answer);
    const time = `${Math.max(1, Math.round(1000 * event.made.seconds))} ms`;
    const slope = answer.slope.toFixed(2).replace('-', '−');
    this.#enter('done', `Slope ${slope}, answered here in ${time}.`);
    if (!this.#asked) return;
    this.#asked = false;
    this.#ask();
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

  /** Ends what runs, and takes back what it drew. */
  #end(state: State, text: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#figure.toggleAttribute('data-live', false);
    for (const control of [this.#slider, this.#other]) control.disabled = true;
    for (const path of this.#figure.querySelectorAll('path.live-line')) path.remove();
    for (const label of this.#figure.querySelectorAll<SVGElement>('.label[data-y]'))
      label.setAttribute('y', label.dataset['y'] ?? '');
    this.#find('.live-device', HTMLElement).textContent = '';
    this.#enter(state, text);
  }

  #enter(state: State, text: string): void {
    this.dataset['state'] = state;
    const running = state === 'running';
    const [start, cancel] = [
      this.#find('.live-start', HTMLButtonElement),
      this.#find('.live-cancel', HTMLButtonElement),
    ];
    const focused = [start, cancel].some((button) => button === document.activeElement);
    cancel.hidden = !running;
    start.disabled = running;
    if (focused) (running ? cancel : start).focus();
    this.#say(text);
  }

  #say(text: string): void {
    this.#find('.live-status', HTMLElement).textContent = text;
  }
}

/** What the build says of the node that is asked. */
type LineJob = Omit<Job, 'steps'> & {
  node: string;
  changed: Record<string, unknown>;
  promptSeed: number;
};

const axesOf = (panel: Element) =>
  JSON.parse(panel.getAttribute('data-axes') ?? '{}') as { x: Axis; y: Axis };

/** The lines of one panel, in place of those before, and the names at their ends; in the unit of the query. */
function drawLines(panel: Element, { t, reach, slope, lines }: AlongALine): void {
  const axes = axesOf(panel);
  const k = Number(panel.getAttribute('data-k'));
  const places = t.map((place) => place / reach);
  const own = lines.filter((line) => line.k === k);
  const shown = [
    { ...TRUTH, y: places.map((place) => slope * place) },
    ...own.map(({ method, y }) => ({
      ...methodStyle(method),
      y: y.map((value) => value / reach),
    })),
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
  placeLabels(panel, axes.y, shown);
}

type Shown = { name: string; variable: string; y: number[] };

function placeLabels(panel: Element, axis: Axis, shown: readonly Shown[]): void {
  const ends = shown.map(({ name, variable, y }) => ({
    text: name,
    variable,
    layer: 'curve',
    y: downAt(axis, clamp(axis, y[y.length - 1]!)),
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
