import { formatDuration } from '../components/prose/format.ts';
import { BACKEND_NAMES } from '../runtime/runtime.ts';
import type { BackendName } from '../runtime/runtime.ts';
import { clearOverlay, drawOverlay } from './overlay.ts';
import type { LiveDevice, LiveEvent, LiveRequest, LiveResult } from './protocol.ts';
import { receipt } from './receipt.ts';
import { judge, verdictText } from './verdict.ts';

type State = 'idle' | 'running' | 'done' | 'failed' | 'cancelled';

const BACKEND_TEXT: Record<BackendName, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  tensorflow: 'TensorFlow',
  cpu: 'plain JavaScript',
};

/** What the page's address asks for: `?backend=wasm`, `?maxK=10`. */
function asked(search: string): Pick<LiveRequest, 'backend' | 'maxK'> {
  const parameters = new URLSearchParams(search);
  const backend = BACKEND_NAMES.find((name) => name === parameters.get('backend'));
  const maxK = Number.parseInt(parameters.get('maxK') ?? '', 10);
  return { ...(backend ? { backend } : {}), ...(maxK >= 0 ? { maxK } : {}) };
}

function deviceText({ runtime, reason }: LiveDevice): string {
  const software = runtime.software ? ', in software' : '';
  return `${BACKEND_TEXT[runtime.backend]} on ${runtime.adapter}${software}: ${reason}.`;
}

/** The controls under a figure that evaluates its models again on the reader's device. */
class LiveRun extends HTMLElement {
  #worker: Worker | undefined;
  #receipt: string | undefined;
  /** Of the run under way: `<experiment>.<preset>`, as its panels are marked. */
  #artifact = '';

  connectedCallback(): void {
    this.#find('form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#start();
    });
    this.#find('.live-cancel', HTMLElement).addEventListener('click', () => {
      this.#end('cancelled', 'Cancelled. Nothing was kept.');
    });
    this.#find('.live-start', HTMLButtonElement).disabled = false;
    this.dataset['state'] = 'idle';
  }

  disconnectedCallback(): void {
    this.#worker?.terminate();
  }

  #find<T extends HTMLElement>(selector: string, kind: new () => T): T {
    const element = this.querySelector(selector);
    if (element instanceof kind) return element;
    throw new Error(`live-run: expected ${selector} inside, got none; see LiveFigure.astro`);
  }

  get #figure(): Element {
    return this.closest('figure') ?? this;
  }

  #chosen(name: string): HTMLOptionElement {
    const [option] = this.#find(`select[name="${name}"]`, HTMLSelectElement).selectedOptions;
    if (option) return option;
    throw new Error(`live-run: expected a choice of ${name}, got none; see LiveFigure.astro`);
  }

  #request(): LiveRequest {
    const { url = '', method = '', seed, evaluations = '' } = this.#chosen('model').dataset;
    return {
      artifactUrl: new URL(url, location.href).href,
      method,
      seed: Number(seed),
      extent: this.#chosen('extent').value === 'all' ? 'all' : 'batch',
      evaluations: evaluations.split(' '),
      ...asked(location.search),
    };
  }

  #start(): void {
    this.#worker?.terminate();
    clearOverlay(this.#figure);
    this.#artifact = this.#chosen('model').dataset['artifact'] ?? '';
    delete this.dataset['verdict'];
    this.#find('.live-device', HTMLElement).textContent = '';
    this.#find('progress', HTMLProgressElement).value = 0;
    this.#setState('running', 'Loading the engine …');
    const worker = new Worker(new URL('./live.worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<LiveEvent>) => {
      this.#receive(data);
    });
    worker.addEventListener('error', ({ message }) => {
      this.#end('failed', `The run could not start: ${message || 'its code did not load'}.`);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
    worker.postMessage(this.#request());
  }

  #receive(event: LiveEvent): void {
    switch (event.type) {
      case 'stage':
        this.#find('.live-status', HTMLElement).textContent = event.text;
        return;
      case 'device':
        this.dataset['backend'] = event.device.runtime.backend;
        this.#find('.live-device', HTMLElement).textContent = deviceText(event.device);
        return;
      case 'progress':
        this.#find('progress', HTMLProgressElement).value = event.done / event.total;
        drawOverlay(this.#figure, this.#artifact, event.curve, event.d);
        return;
      case 'done':
        this.#conclude(event.result);
        return;
      case 'failed':
        this.#end('failed', `The run failed. ${event.message}`);
        return;
    }
  }

  #conclude(result: LiveResult): void {
    const verdict = judge(result);
    this.dataset['verdict'] = verdict.matches ? 'matches' : 'differs';
    this.dataset['seconds'] = result.seconds.toFixed(2);
    const text = verdictText(verdict, result.curves[0]?.prompts ?? 0);
    this.#end(
      'done',
      `${text} The dotted line is your run. It took ${formatDuration(result.seconds)}.`,
    );
    if (this.#receipt) URL.revokeObjectURL(this.#receipt);
    const json = receipt(result, verdict, navigator.userAgent);
    this.#receipt = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
    const link = this.#find('.live-receipt', HTMLAnchorElement);
    link.href = this.#receipt;
    link.download = `receipt-${result.artifact.id}-${result.request.method}-${result.request.seed}.json`;
    link.hidden = false;
  }

  #end(state: State, text: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    if (state !== 'done') clearOverlay(this.#figure);
    this.#setState(state, text);
  }

  #setState(state: State, text: string): void {
    this.dataset['state'] = state;
    const running = state === 'running';
    const [start, cancel] = [
      this.#find('.live-start', HTMLButtonElement),
      this.#find('.live-cancel', HTMLButtonElement),
    ];
    const focused = [start, cancel].some((button) => button === document.activeElement);
    cancel.hidden = !running;
    this.#find('.live-receipt', HTMLElement).hidden = true;
    start.disabled = running;
    if (focused) (running ? cancel : start).focus();
    this.#find('.live-status', HTMLElement).textContent = text;
  }
}

export function defineLiveRun(): void {
  if (!customElements.get('live-run')) customElements.define('live-run', LiveRun);
}
