import { RENEWED } from '../components/client/renewed.ts';
import { BACKEND_NAMES } from '../runtime/runtime.ts';
import type { BackendName } from '../runtime/runtime.ts';
import type { CommonEvent, LiveDevice } from './protocol.ts';

type State = 'idle' | 'running' | 'done' | 'failed' | 'cancelled';

const BACKEND_TEXT: Record<BackendName, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  tensorflow: 'TensorFlow',
  cpu: 'plain JavaScript',
};

function deviceText({ runtime, reason }: LiveDevice): string {
  const software = runtime.software ? ', in software' : '';
  return `${BACKEND_TEXT[runtime.backend]} on ${runtime.adapter}${software}: ${reason}.`;
}

/** What the page's address asks for under a name, such as `?steps=200`. */
export const asked = (name: string): string | null =>
  new URLSearchParams(location.search).get(name);

/** The backend of `?backend=wasm`. */
export function askedBackend(): { backend?: BackendName } {
  const name = asked('backend');
  const backend = BACKEND_NAMES.find((known) => known === name);
  return backend ? { backend } : {};
}

const isCommon = (event: { type: string }): event is CommonEvent =>
  ['stage', 'device', 'failed'].includes(event.type);

/**
 * Controls under a figure that compute something on the reader's device: a form that starts a worker, what the worker
 * says, and a way to stop it. LiveControls.astro is its markup.
 */
export abstract class LiveElement<Request, Event extends { type: string }> extends HTMLElement {
  #worker: Worker | undefined;

  protected abstract spawn(): Worker;
  protected abstract request(): Request;
  /** An event of this kind of run. */
  protected abstract receive(event: Exclude<Event, CommonEvent>): void;
  /** Takes back what a run drew. */
  protected abstract clear(): void;

  connectedCallback(): void {
    this.find('form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#start();
    });
    this.find('.live-cancel', HTMLElement).addEventListener('click', () => {
      this.end('cancelled', 'Cancelled. Nothing was kept.');
    });
    this.find('.live-start', HTMLButtonElement).disabled = false;
    this.dataset['state'] = 'idle';
  }

  disconnectedCallback(): void {
    this.#worker?.terminate();
  }

  protected find<T extends HTMLElement>(selector: string, kind: new () => T): T {
    const element = this.querySelector(selector);
    if (element instanceof kind) return element;
    throw new Error(`${this.localName}: expected ${selector} inside, got none; see its component`);
  }

  protected get figure(): Element {
    return this.closest('figure') ?? this;
  }

  protected chosen(name: string): HTMLOptionElement {
    const [option] = this.find(`select[name="${name}"]`, HTMLSelectElement).selectedOptions;
    if (option) return option;
    throw new Error(`${this.localName}: expected a choice of ${name}, got none; see its component`);
  }

  protected say(text: string): void {
    this.find('.live-status', HTMLElement).textContent = text;
  }

  protected progress(share: number): void {
    this.find('progress', HTMLProgressElement).value = share;
  }

  #start(): void {
    this.#worker?.terminate();
    this.clear();
    delete this.dataset['verdict'];
    this.find('.live-device', HTMLElement).textContent = '';
    this.progress(0);
    this.#setState('running', 'Loading the engine …');
    const worker = this.spawn();
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<Event>) => {
      this.#receive(data);
    });
    worker.addEventListener('error', ({ message }) => {
      const reason = message || `its code did not arrive. ${RENEWED}`;
      this.end('failed', `The run could not start: ${reason}`);
    });
    this.post(this.request());
  }

  #receive(event: Event): void {
    if (!isCommon(event)) return this.receive(event as Exclude<Event, CommonEvent>);
    if (event.type === 'stage') return this.say(event.text);
    if (event.type === 'failed') return this.end('failed', `The run failed. ${event.message}`);
    this.dataset['backend'] = event.device.runtime.backend;
    this.find('.live-device', HTMLElement).textContent = deviceText(event.device);
  }

  /** Asks the worker that runs already. */
  protected post(request: Request): void {
    this.#worker?.postMessage(request);
  }

  /** What was asked is done, and more may be asked of the same worker. */
  protected settle(text: string): void {
    this.#setState('done', text);
  }

  protected end(state: State, text: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    if (state !== 'done') this.clear();
    this.#setState(state, text);
  }

  #setState(state: State, text: string): void {
    this.dataset['state'] = state;
    const running = state === 'running';
    const [start, cancel] = [
      this.find('.live-start', HTMLButtonElement),
      this.find('.live-cancel', HTMLButtonElement),
    ];
    const focused = [start, cancel].some((button) => button === document.activeElement);
    cancel.hidden = !running;
    start.disabled = running;
    if (focused) (running ? cancel : start).focus();
    this.say(text);
  }
}
