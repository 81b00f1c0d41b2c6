import { formatDuration } from '../components/format.ts';
import { LiveElement, asked, askedBackend } from './live-element.ts';
import { clearOverlay, drawOverlay } from './overlay.ts';
import type { CommonEvent, LiveEvent, LiveRequest, LiveResult } from './protocol.ts';
import { receipt } from './receipt.ts';
import { judge, verdictText } from './verdict.ts';

/** The longest context that the page's address asks for: `?maxK=10`. */
function askedLength(): { maxK?: number } {
  const maxK = Number.parseInt(asked('maxK') ?? '', 10);
  return maxK >= 0 ? { maxK } : {};
}

/** Evaluates a figure's models again on the reader's device. */
class LiveRun extends LiveElement<LiveRequest, LiveEvent> {
  readonly #receipt = document.createElement('a');
  /** Of the run under way: `<experiment>.<preset>`, as its panels are marked. */
  #artifact = '';

  protected spawn(): Worker {
    this.#artifact = this.chosen('model').dataset['artifact'] ?? '';
    return new Worker(new URL('./live.worker.ts', import.meta.url), { type: 'module' });
  }

  protected request(): LiveRequest {
    const { url = '', key, method = '', seed, evaluations = '' } = this.chosen('model').dataset;
    return {
      artifactUrl: new URL(url, location.href).href,
      ...(key !== undefined && { artifactKey: key }),
      method,
      seed: Number(seed),
      extent: this.chosen('extent').value === 'all' ? 'all' : 'batch',
      evaluations: evaluations.split(' '),
      ...askedBackend(),
      ...askedLength(),
    };
  }

  protected clear(): void {
    clearOverlay(this.figure);
    this.#receipt.remove();
    URL.revokeObjectURL(this.#receipt.href);
  }

  protected receive(event: Exclude<LiveEvent, CommonEvent>): void {
    if (event.type === 'done') return this.#conclude(event.result);
    const { done, total, curve, d } = event;
    this.progress(done / total);
    const panel = `svg[data-artifact="${this.#artifact}"][data-evaluation="${curve.evaluation}"]`;
    const points = curve.k.map((k, i) => [k / d, curve.mean[i] ?? Number.NaN] as const);
    drawOverlay(this.figure.querySelector(panel), points);
  }

  #conclude(result: LiveResult): void {
    const verdict = judge(result);
    this.dataset['verdict'] = verdict.matches ? 'matches' : 'differs';
    this.dataset['seconds'] = result.seconds.toFixed(2);
    const text = verdictText(verdict, result.curves[0]?.prompts ?? 0);
    this.end(
      'done',
      `${text} The dotted line is your run. It took ${formatDuration(result.seconds)}.`,
    );
    const json = receipt(result, verdict, navigator.userAgent);
    Object.assign(this.#receipt, {
      textContent: 'Receipt',
      href: URL.createObjectURL(new Blob([json], { type: 'application/json' })),
      download: `receipt-${result.artifact.id}-${result.request.method}-${result.request.seed}.json`,
    });
    this.find('form', HTMLFormElement).append(this.#receipt);
  }
}

export function defineLiveRun(): void {
  if (!customElements.get('live-run')) customElements.define('live-run', LiveRun);
}
