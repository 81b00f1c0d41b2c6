import process from 'node:process';
import { parseArgs } from 'node:util';
import { HARMLESS } from './edits/harmless.ts';
import { Bench, SUBJECTS, harmfulTrials } from './edits/harmful.ts';
import { harmlessTrials, pretendedCopy } from './edits/judge.ts';
import type { Trial } from './edits/judge.ts';

/**
 * Edits a copy of this repository at random and asks the lab what it thinks of it. Edits that change no number must
 * leave every node fresh; edits that change the bytes which a node makes at preset `smoke` must not leave it fresh.
 *
 *     node tests/lab/edits.ts [--harmless N] [--harmful N] [--seed S] [--kind K] [--all]
 *
 * `--kind` draws harmless edits of one kind alone; `--all` shows the edits that were judged well, too. Prints each
 * edit that was not as a diff, and exits with 1 if there was any.
 */
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function report(trials: AsyncGenerator<Trial>, all: boolean): Promise<number> {
  let [count, faults] = [0, 0];
  for await (const { kind, fault, diff } of trials) {
    say(`${++count}: ${kind}: ${fault ?? 'as it should be'}`);
    if (fault !== undefined) faults++;
    if (fault !== undefined || all) say(diff);
  }
  say(`${count} edits, ${faults} of them judged wrongly\n`);
  return faults;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      harmless: { type: 'string', default: '60' },
      harmful: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      kind: { type: 'string' },
      all: { type: 'boolean', default: false },
    },
  });
  const [harmless, harmful, seed] = [values.harmless, values.harmful, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const kinds = Object.keys(HARMLESS).filter((kind) => [undefined, kind].includes(values.kind));
  if (kinds.length === 0)
    throw new Error(`edits: expected a kind of ${Object.keys(HARMLESS).join(', ')}`);
  let faults = 0;
  if (harmless > 0) {
    const copy = await pretendedCopy();
    faults += await report(harmlessTrials(copy, harmless, seed, kinds), values.all).finally(() =>
      copy.remove(),
    );
  }
  if (harmful > 0) {
    const bench = new Bench();
    await bench.prepare(SUBJECTS);
    faults += await report(harmfulTrials(bench, harmful, seed), values.all).finally(() =>
      bench.copy.remove(),
    );
  }
  process.exitCode = faults > 0 ? 1 : 0;
}

await main();
