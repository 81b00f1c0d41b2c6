import { formatDuration, formatInteger } from '../components/format.ts';
import { LiveElement, asked, askedBackend } from './live-element.ts';
import { clearOverlay, drawOverlay } from './overlay.ts';
import type { CommonEvent, TrainEvent, TrainRequest } from './protocol.ts';
import { retraceText } from './retrace.ts';
import type { LossPair } from './retrace.ts';

/** Trains one of a figure's models again on the reader's device. */
class LiveTraining extends LiveElement<TrainRequest, TrainEvent> {
  #pairs: LossPair[] = [];
  #panel: Element | null = null;

  protected spawn(): Worker {
    const { artifact } = this.chosen('model').dataset;
    this.#panel = this.figure.querySelector(`svg[data-artifact="${artifact}"]`);
    this.#pairs = [];
    return new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module' });
  }

  protected request(): TrainRequest {
    const { url = '', key, method = '', seed } = this.chosen('model').dataset;
    return {
      artifactUrl: new URL(url, location.href).href,
      ...(key !== undefined && { artifactKey: key }),
      method,
      seed: Number(seed),
      steps: Number(asked('steps') ?? this.chosen('steps').value),
      ...askedBackend(),
    };
  }

  protected clear(): void {
    clearOverlay(this.figure);
  }

  protected receive(event: Exclude<TrainEvent, CommonEvent>): void {
    if (event.type === 'trained') {
      const time = `It took ${formatDuration(event.seconds)}.`;
      return this.end('done', `${retraceText(this.#pairs)} The dotted line is your run. ${time}`);
    }
    const { step, until, seconds, loss } = event;
    this.progress(step / until);
    if (loss) this.#pairs.push({ step, ...loss });
    if (loss)
      drawOverlay(
        this.#panel,
        this.#pairs.map(({ step, here }) => [step, here] as const),
      );
    const rate = (step / seconds).toPrecision(2);
    const done = `Step ${formatInteger(step)} of ${formatInteger(until)}, ${rate} a second.`;
    this.say(this.#pairs.length > 0 ? `${done} ${retraceText(this.#pairs)}` : done);
  }
}

export function defineLiveTraining(): void {
  if (!customElements.get('live-training')) {
    customElements.define('live-training', LiveTraining);
  }
}
