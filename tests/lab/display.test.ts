import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { Display, brief, duration, table } from '../../src/lab/display.ts';
import { estimate, pastSeconds } from '../../src/lab/estimate.ts';
import type { LockFile } from '../../src/lab/lock.ts';
import type { PlannedNode } from '../../src/lab/plan.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Up some lines, and away with what is below. */
const ERASE = String.raw`\u001b\[(\d+)A\u001b\[J`;

class Terminal extends Writable {
  written = '';
  readonly columns = 60;
  readonly isTTY: boolean;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.written += String(chunk);
    done();
  }
  /** What stays on a screen that knows the two sequences used: up, and erase below. */
  get screen(): string[] {
    const lines: string[] = [];
    for (const part of this.written.split(new RegExp(`(?=${ERASE.replace('(', '(?:')})`))) {
      const [, up, text = ''] = new RegExp(`^(?:${ERASE})?([^]*)$`).exec(part) ?? [];
      lines.splice(lines.length - Number(up ?? 0));
      lines.push(...text.split('\n').slice(0, -1));
    }
    return lines;
  }
}

const displayOn = (terminal: Terminal): Display =>
  new Display(terminal as unknown as NodeJS.WriteStream, () => '1 of 3 done');

describe('the display', () => {
  it('keeps a table of what runs below the lines on a terminal', () => {
    const terminal = new Terminal(true);
    const display = displayOn(terminal);
    display.start('train/mamba-1', undefined);
    display.start('evaluate', 100);
    display.progress('train/mamba-1', { step: 10, steps: 110, loss: 0.5 });
    vi.advanceTimersByTime(10_000);
    display.progress('train/mamba-1', { step: 30, steps: 110 });
    display.line('a note');
    expect(terminal.screen).toEqual(
      [
        'a note',
        'train/mamba-1  step 30/110    2.00 steps/s  loss 0.5000  40 ',
        'evaluate       runs for 10 s                             1 m',
        '1 of 3 done',
      ].map((line) => line.slice(0, 59)),
    );
    display.end('train/mamba-1', 'done');
    display.close();
    expect(terminal.screen).toEqual(['a note', 'train/mamba-1: done']);
  });

  it('writes a plain line now and then elsewhere', () => {
    const terminal = new Terminal(false);
    const display = displayOn(terminal);
    display.start('evaluate', 100);
    vi.advanceTimersByTime(10_000);
    display.close();
    expect(terminal.written).toBe(
      'evaluate: starts\nevaluate: runs for 10 s · 1 min 30 s left\n1 of 3 done\n',
    );
  });

  it('says once what every node would say', () => {
    const terminal = new Terminal(false);
    const display = displayOn(terminal);
    for (const _ of [1, 2]) display.once('on wasm');
    display.close();
    expect(terminal.written).toBe('on wasm\n');
  });

  it('writes durations and aligned columns', () => {
    expect([0.4, 61, 3600, 36_065].map(duration)).toEqual([
      '0 s',
      '1 min 01 s',
      '1 h 00 min',
      '10 h 01 min',
    ]);
    expect(
      table([
        ['a', 'bb', ''],
        ['ccc', '', 'd'],
      ]),
    ).toEqual(['a    bb', 'ccc      d']);
  });
});

const planned = (id: string, inputs: PlannedNode[] = []): PlannedNode =>
  ({ id, inputs: Object.fromEntries(inputs.map((input) => [input.id, input])) }) as PlannedNode;

test('of many reasons two are told, and no more of each than fits', () => {
  expect(brief([])).toBe('');
  expect(brief(['a', 'b'])).toBe('a; b');
  expect(brief(['a', 'b'.repeat(500), 'c', 'd'])).toMatch(/^a; b{72}…; and 2 more$/);
});

describe('the estimate', () => {
  const [a, b, c] = [planned('a'), planned('b'), planned('c')];
  const d = planned('d', [a, b]);
  const seconds: Record<string, number> = { a: 5, b: 3, c: 4, d: 2 };

  it('adds up work, and plays the run through for the time it takes', () => {
    const of = (jobs: number) => estimate([a, b, c, d], jobs, ({ id }) => seconds[id]);
    expect(of(1)).toEqual({ work: 14, wall: 14, unknown: 0 });
    expect(of(2)).toEqual({ work: 14, wall: 7, unknown: 0 });
    expect(of(9)).toEqual({ work: 14, wall: 7, unknown: 0 });
  });

  it('counts what it cannot know', () => {
    expect(estimate([a, d], 1, ({ id }) => (id === 'd' ? 2 : undefined))).toEqual({
      work: 2,
      wall: 2,
      unknown: 1,
    });
  });

  it('takes the time of another seed where a node never ran', () => {
    const times: Record<string, number> = { 'x/train/gpt2-1': 7, 'x/train/gpt2-2': 9 };
    const lock = {
      get: (id: string) => (id in times ? { seconds: times[id] } : undefined),
      ids: () => Object.keys(times),
    } as unknown as LockFile;
    const secondsOf = (id: string): number | undefined => pastSeconds(lock, planned(id));
    expect(['x/train/gpt2-1', 'x/train/gpt2-3', 'x/train/mamba-1'].map(secondsOf)).toEqual([
      7,
      9,
      undefined,
    ]);
  });
});
