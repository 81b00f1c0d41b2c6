import type { Progress } from './experiment.ts';

interface Running {
  started: number;
  /** First report of this session, from which the rate counts. */
  first: { at: number; step: number } | undefined;
  last: Progress | undefined;
}

const LIVE_INTERVAL = 200;
const LINE_INTERVAL = 10_000;

/** `1 h 05 min`, `3 min 20 s`, `12 s` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (n: number): string => String(n).padStart(2, '0');
  if (whole >= 3600)
    return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${pad(whole % 60)} s` : `${whole} s`;
}

/** Reports of running nodes: one live line on a terminal, a line now and then elsewhere. */
export class Display {
  readonly #running = new Map<string, Running>();
  readonly #out: NodeJS.WriteStream;
  readonly #timer: NodeJS.Timeout;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#timer = setInterval(() => this.#refresh(), out.isTTY ? LIVE_INTERVAL : LINE_INTERVAL);
    this.#timer.unref();
  }

  start(id: string): void {
    this.#running.set(id, { started: Date.now(), first: undefined, last: undefined });
  }

  progress(id: string, progress: Progress): void {
    const running = this.#running.get(id);
    if (!running) return;
    running.first ??= { at: Date.now(), step: progress.step };
    running.last = { ...running.last, ...progress };
  }

  line(text: string): void {
    this.#out.write(`${this.#out.isTTY ? '\r\x1b[2K' : ''}${text}\n`);
  }

  end(id: string, text: string): void {
    this.#running.delete(id);
    this.line(`${id}: ${text}`);
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#out.isTTY) this.#out.write('\r\x1b[2K');
  }

  #refresh(): void {
    const lines = [...this.#running].map(([id, running]) => `${id}: ${describe(running)}`);
    if (lines.length === 0) return;
    if (!this.#out.isTTY) lines.forEach((line) => this.line(line));
    else this.#out.write(`\r\x1b[2K${lines.join(' │ ').slice(0, this.#out.columns - 1)}`);
  }
}

function describe({ started, first, last }: Running): string {
  const now = Date.now();
  if (!last || !first) return `running for ${duration((now - started) / 1000)}`;
  const parts = [`step ${last.step}/${last.steps}`];
  const rate = (last.step - first.step) / Math.max((now - first.at) / 1000, 1e-3);
  if (rate > 0) parts.push(`${rate.toPrecision(3)} steps/s`);
  if (last.loss !== undefined) parts.push(`loss ${last.loss.toPrecision(4)}`);
  if (rate > 0) parts.push(`ETA ${duration((last.steps - last.step) / rate)}`);
  return parts.join(' · ');
}
