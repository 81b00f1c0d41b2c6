/** node tests/mutate-checkpoints.ts [10000]: so many damaged files of each format, one by one. */
import process from 'node:process';
import { BIN, type Outcome, PICKLE, SAFE, tryMutation } from './checkpoints/mutations.ts';

const count = Number(process.argv[2] ?? 10_000);

for (const [name, format] of Object.entries({ safetensors: SAFE, '.bin': BIN, pickle: PICKLE })) {
  const worst = { milliseconds: 0, read: 0, made: 0 };
  const kinds: Record<Outcome['kind'], number> = { refused: 0, right: 0 };
  for (let seed = 0; seed < count; seed++) {
    const outcome = await tryMutation(format, seed);
    kinds[outcome.kind]++;
    for (const key of ['milliseconds', 'read', 'made'] as const)
      worst[key] = Math.max(worst[key], outcome[key]);
  }
  process.stdout.write(
    `${name}: ${count} damaged files, ${kinds.refused} refused, ${kinds.right} read as they are; ` +
      `longest ${worst.milliseconds.toFixed(1)} ms, most read ${worst.read.toFixed(2)} and made ` +
      `${worst.made.toFixed(2)} times the file, ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at most\n`,
  );
}
