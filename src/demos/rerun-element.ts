import { formatDuration, formatError, formatInteger } from '../components/format.ts';
import { fromAddress, readChoice, toAddress } from './choice.ts';
import type { Choice, RunGroup } from './choice.ts';
import { Face } from './faces.ts';
import type { FromWorker, Made, ToWorker } from './messages.ts';
import { forget, isKept } from './opfs.ts';
import { costText, deviceText, notStarted, ownText, verdictText } from './words.ts';

type State = 'idle' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

/** Devices that may be lost in a row before a run gives up. */
const MOST_LOST = 3;

/** Milliseconds between two accounts of a run under way. */
const TELL_EVERY = 250;

/**
 * Controls that run nodes of an experiment on the reader's device: a form, what the worker says, and ways to stop it.
 * RerunControls.astro is its markup.
 */
class RerunElement extends HTMLElement {
  #worker: Worker | undefined;
  /** Of the run under way. */
  #choice: Choice | undefined;
  #drawn: Face | undefined;
  #lost = 0;
  #toldAt = 0;
  #saved = false;
  /** A sentence for each node that is done. */
  #said: string[] = [];

  get #face(): Face {
    return (this.#drawn ??= new Face(
      this.closest('figure') ?? this,
      this.#find('.rerun-zoom', HTMLElement),
    ));
  }

  connectedCallback(): void {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#begin();
    });
    this.#form.addEventListener('change', () => this.#leave('idle'));
    this.#on('.rerun-pause', () => this.#pauseOrGoOn());
    this.#on('.live-cancel', () => this.#leave('cancelled'));
    this.#on('.rerun-reset', () => this.#leave('idle'));
    document.addEventListener('visibilitychange', this.#looked);
    fromAddress(this.id, this.#form);
    this.#enter('idle', '');
  }

  disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.#looked);
    this.#end();
  }

  #find<T extends Element>(selector: string, kind: new () => T): T {
    const element = this.querySelector(selector);
    if (element instanceof kind) return element;
    throw new Error(`${this.localName}: expected ${selector} inside, got none; see its component`);
  }

  #on(selector: string, listener: () => void): void {
    this.#find(selector, HTMLElement).addEventListener('click', listener);
  }

  get #form(): HTMLFormElement {
    return this.#find('form', HTMLFormElement);
  }

  get #read(): Choice {
    return readChoice(this.#form, JSON.parse(this.dataset['groups'] ?? '[]') as RunGroup[]);
  }

  #write(selector: string, text: string): void {
    this.#find(selector, HTMLElement).textContent = text;
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Called when the page is hidden or seen again: nobody waits for what nobody sees. */
  readonly #looked = (): void => {
    if (this.dataset['state'] === 'running')
      this.#post({ type: document.hidden ? 'hold' : 'release' });
  };

  readonly #leaving = (event: Event): void => event.preventDefault();

  #begin(): void {
    this.#end();
    this.#clear();
    this.#choice = this.#read;
    this.#lost = 0;
    toAddress(this.id, this.#form);
    this.#face.clear(this.#choice.job);
    this.#write('.live-device', '');
    this.#enter('running', 'Started.');
    this.#write('.rerun-rate', 'Loading its code …');
    this.#spawn();
  }

  #spawn(): void {
    this.#worker?.terminate();
    const worker = new Worker(new URL('./node.worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (worker === this.#worker) this.#receive(data);
    });
    worker.addEventListener('error', ({ message }) => {
      this.#end();
      this.#enter('failed', notStarted(message));
    });
    this.#run();
  }

  #run(): void {
    if (this.#choice) this.#post({ type: 'run', job: this.#choice.job });
    if (document.hidden) this.#post({ type: 'hold' });
  }

  #receive(event: FromWorker): void {
    switch (event.type) {
      case 'stage':
        return this.#write('.rerun-rate', event.text);
      case 'device':
        this.dataset['backend'] = event.runtime.backend;
        return this.#write('.live-device', deviceText(event.runtime, event.reason));
      case 'progress':
        return this.#progressed(event);
      case 'recorded':
        return this.#face.draw('recorded', event.files);
      case 'made':
        return this.#conclude(event.made);
      case 'done':
        this.#end();
        return this.#enter('done', this.#said.join(' '));
      case 'paused':
        this.#saved = event.saved;
        return this.#enter('paused', 'Paused.');
      case 'lost':
        this.#lost += 1;
        if (this.#lost > MOST_LOST) return this.#fail(event.message);
        this.#write('.live-status', 'The device was lost; another takes its place.');
        return this.#spawn();
      case 'failed':
        return this.#fail(event.message);
    }
  }

  #progressed({ step, steps, loss, seconds }: Extract<FromWorker, { type: 'progress' }>): void {
    if (loss !== undefined) this.#face.addLoss(step, loss);
    this.#find('progress', HTMLProgressElement).value = step / steps;
    const now = performance.now();
    if (now - this.#toldAt < TELL_EVERY) return;
    this.#toldAt = now;
    const left =
      step > 0 ? `, about ${formatDuration((seconds / step) * (steps - step))} left` : '';
    const here = loss === undefined ? '' : ` Loss ${formatError(loss)}.`;
    const text = `${formatInteger(step)} of ${formatInteger(steps)}${left}.${here}`;
    this.#write('.rerun-rate', text);
  }

  #conclude({ node, verdict, receipt, files, seconds }: Made): void {
    this.#face.draw('live', files);
    const own = this.#choice?.job.steps.find((step) => step.node === node)?.changed ?? {};
    const text = verdict ? verdictText(verdict) : ownText(own);
    this.#said.push(`${text} It took ${formatDuration(seconds)}.`);
    this.dataset['verdict'] = verdict?.kind ?? 'own';
    this.dataset['seconds'] = seconds.toFixed(2);
    if (receipt === undefined) return;
    const link = document.createElement('a');
    link.textContent = 'Receipt';
    link.href = URL.createObjectURL(new Blob([receipt], { type: 'application/json' }));
    link.download = `receipt ${this.#choice?.job.experiment} ${node.replaceAll('/', ' ')}.json`;
    this.#form.append(link);
  }

  #pauseOrGoOn(): void {
    if (this.dataset['state'] === 'running') return this.#post({ type: 'pause' });
    if (this.#saved) this.#run();
    else this.#post({ type: 'release' });
    this.#enter('running', 'Going on.');
  }

  /** Lets go of a run and of what it drew. */
  #leave(state: 'idle' | 'cancelled'): void {
    const { job } = this.#choice ?? this.#read;
    this.#end();
    this.#clear();
    this.#enter(state, state === 'cancelled' ? 'Cancelled. Nothing was kept.' : '');
    void forget(job).then(() => this.#offer());
  }

  #fail(message: string): void {
    this.#end();
    this.#enter('failed', `The run failed: ${message}`);
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    removeEventListener('beforeunload', this.#leaving);
  }

  #clear(): void {
    for (const link of this.querySelectorAll<HTMLAnchorElement>('a[download]')) {
      URL.revokeObjectURL(link.href);
      link.remove();
    }
    this.#said = [];
    this.#face.clear();
    delete this.dataset['verdict'];
    this.#write('.live-device', '');
    this.#find('progress', HTMLProgressElement).value = 0;
  }

  #enter(state: State, text: string): void {
    this.dataset['state'] = state;
    const busy = state === 'running' || state === 'paused';
    const [start, pause] = [
      this.#find('.live-start', HTMLButtonElement),
      this.#find('.rerun-pause', HTMLButtonElement),
    ];
    const focused = this.contains(document.activeElement);
    this.#find('fieldset', HTMLFieldSetElement).disabled = busy;
    start.hidden = busy;
    pause.hidden = !busy;
    pause.textContent = state === 'paused' ? 'Go on' : 'Pause';
    this.#find('.live-cancel', HTMLButtonElement).hidden = !busy;
    this.#find('.rerun-reset', HTMLButtonElement).hidden = !['done', 'failed'].includes(state);
    if (focused) (busy ? pause : start).focus();
    if (busy) addEventListener('beforeunload', this.#leaving);
    if (!busy) this.#write('.rerun-rate', '');
    this.#write('.live-status', text);
    void this.#offer();
  }

  /** Says what a press would cost, and whether it goes on from where a run before stopped. */
  async #offer(): Promise<void> {
    const choice = this.#read;
    const goesOn = await isKept(choice.job);
    const own = Object.keys(choice.own).length > 0 ? ' With parameters of your own.' : '';
    const text = goesOn ? 'Goes on where it stopped.' : `${costText(choice)}${own}`;
    this.#write('.rerun-cost', text);
  }
}

export function defineRerun(): void {
  if (!customElements.get('lab-rerun')) customElements.define('lab-rerun', RerunElement);
}
