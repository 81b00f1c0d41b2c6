import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Bench, harmfulTrials } from './edits/harmful.ts';
import { harmlessTrials, pretendedCopy, within } from './edits/judge.ts';
import type { Trial } from './edits/judge.ts';
import type { Change } from './edits/source.ts';

/** Faults with the edits that they are about, as a failure shows them. */
const faultsIn = (trials: readonly Trial[]): string[] =>
  trials.flatMap(({ kind, fault, diff }) => (fault ? [`${kind}: ${fault}\n${diff}`] : []));

describe('random edits that change no number', () => {
  it('make nothing stale', async () => {
    const copy = await pretendedCopy();
    onTestFinished(() => copy.remove());
    const trials = await Array.fromAsync(harmlessTrials(copy, 25, 1));
    expect(faultsIn(trials)).toEqual([]);
    expect(trials).toHaveLength(25);

    const files = copy.glob('{src,experiments}/**/*.ts').filter((path) => !path.endsWith('.d.ts'));
    const change: Change = new Map(
      files.map((path) => [
        path,
        `// 1 + 1\n${readFileSync(join(copy.root, path), 'utf8')}/* 2 */\n`,
      ]),
    );
    expect(files.length).toBeGreaterThan(100);
    const rows = await within(copy, change, () => copy.status('small'));
    expect(rows.filter(({ state }) => state !== 'fresh')).toEqual([]);
  });
});

describe('random edits that change bytes', () => {
  it('leave no node fresh that makes them', async () => {
    const bench = new Bench();
    onTestFinished(() => bench.copy.remove());
    await bench.prepare([
      'gradient-descent/descend',
      'state-noise/train/mamba-noise-1',
      'state-noise/artifact',
    ]);
    const trials = await Array.fromAsync(harmfulTrials(bench, 8, 1));
    expect(faultsIn(trials)).toEqual([]);
    expect(trials).toHaveLength(8);
  });
});
