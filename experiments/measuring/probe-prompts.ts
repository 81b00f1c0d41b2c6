import { RandomStream } from '../../src/numerics/random.ts';
import type { Interval } from '../../src/numerics/statistics.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';

export type ProbeParameters = {
  /** Contexts of these numbers of examples, each probed by itself. */
  k: number[];
  /** Functions, and tokens of each on which the line is fitted (first) and judged (then). */
  tasks: number;
  fitted: number;
  tested: number;
  seed: number;
  interval: Interval;
};

/** Functions that run together; a skewed batch shares one basis, as in training. */
const BATCH = 16;

/** The prompts that probes of k examples are made from: `tasks` of them, batch by batch. */
export function probePrompts(
  sample: (shape: { batch: number; points: number; d: number }, random: RandomStream) => Prompts,
  { tasks, fitted, tested, seed }: ProbeParameters,
  k: number,
  d: number,
): Prompts[] {
  const random = RandomStream.fromSeed(seed).fork('probe');
  const points = k + fitted + tested;
  return Array.from({ length: Math.ceil(tasks / BATCH) }, (_, index) =>
    sample({ batch: Math.min(BATCH, tasks - index * BATCH), points, d }, random.fork(index)),
  );
}
