import type { Progress } from './experiment.ts';
import { printable } from './output.ts';

interface Running {
  started: number;
  /** What it took before, in seconds. */
  expected: number | undefined;
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

/** Reports of running nodes: a live table on a terminal, a line now and then elsewhere. */
export class Display {
  readonly #running = new Map<string, Running>();
  readonly #said = new Set<string>();
  readonly #out: NodeJS.WriteStream;
  readonly #timer: NodeJS.Timeout;
  /** Says what is left, below the table. */
  readonly #footer: () => string;
  /** Lines of the table on the screen. */
  #height = 0;

  constructor(out: NodeJS.WriteStream, footer: () => string) {
    this.#out = out;
    this.#footer = footer;
    this.#timer = setInterval(() => this.#refresh(), out.isTTY ? LIVE_INTERVAL : LINE_INTERVAL);
    this.#timer.unref();
  }

  start(id: string, expected: number | undefined): void {
    if (this.#running.has(id)) return;
    const [first, last] = [undefined, undefined];
    this.#running.set(id, { started: performance.now(), expected, first, last });
    if (!this.#out.isTTY) this.line(`${id}: starts`);
  }

  progress(id: string, progress: Progress): void {
    const running = this.#running.get(id);
    if (!running) return;
    running.first ??= { at: performance.now(), step: progress.step };
    running.last = { ...running.last, ...progress };
  }

  line(text: string): void {
    this.#out.write(`${this.#erase()}${printable(text)}\n`);
    if (this.#out.isTTY) this.#refresh();
  }

  /** A line that the same run need not read twice, such as which device was chosen. */
  once(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.line(text);
  }

  end(id: string, text: string): void {
    this.#running.delete(id);
    this.line(`${id}: ${text}`);
  }

  /** Seconds until a running node ends, as far as is known. */
  left(id: string): number | undefined {
    const running = this.#running.get(id);
    return running && left(running);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#running.clear();
    this.#out.write(this.#erase());
  }

  #erase(): string {
    const lines = this.#height;
    this.#height = 0;
    return lines === 0 ? '' : `\x1b[${lines}A\x1b[J`;
  }

  #refresh(): void {
    if (this.#running.size === 0) return;
    if (!this.#out.isTTY) {
      for (const [id, running] of this.#running)
        this.line(`${id}: ${cells(running).filter(Boolean).join(' · ')}`);
      this.line(this.#footer());
      return;
    }
    const rows = [...this.#running].map(([id, running]) => [id, ...cells(running)]);
    const lines = [...table(rows), this.#footer()].map((text) =>
      text.slice(0, this.#out.columns - 1),
    );
    this.#out.write(`${this.#erase()}${lines.join('\n')}\n`);
    this.#height = lines.length;
  }
}

const since = (moment: number): number => (performance.now() - moment) / 1000;

function rateOf({ first, last }: Running): number {
  return first && last ? (last.step - first.step) / Math.max(since(first.at), 1e-3) : 0;
}

function left(running: Running): number | undefined {
  const { last, expected, started } = running;
  const rate = rateOf(running);
  if (last && rate > 0) return (last.steps - last.step) / rate;
  return expected === undefined ? undefined : Math.max(0, expected - since(started));
}

function cells(running: Running): string[] {
  const { last, started } = running;
  const [rate, seconds] = [rateOf(running), left(running)];
  return [
    last ? `step ${last.step}/${last.steps}` : `runs for ${duration(since(started))}`,
    rate > 0 ? `${rate.toPrecision(3)} steps/s` : '',
    last?.loss === undefined ? '' : `loss ${last.loss.toPrecision(4)}`,
    seconds === undefined ? '' : `${duration(seconds)} left`,
  ];
}

/** Rows of equal length as lines whose columns align. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const [MOST_REASONS, LONGEST] = [2, 72];

/** Why a node is not fresh, on one line; `lab explain` says it all. */
export function brief(reasons: readonly string[]): string {
  const cut = reasons
    .slice(0, MOST_REASONS)
    .map((text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text));
  const more = reasons.length - cut.length;
  return [...cut, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
