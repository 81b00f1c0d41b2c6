/** Sets a measurement up; each call of what it returns is one run, complete when it resolves. */
export type Prepare = () => { run(): Promise<void>; dispose(): void };

/** Runs not counted: they compile kernels and warm caches. */
const WARM_UP = 2;

/** The median of wall times, which one slow run does not move. */
export async function measure(prepare: Prepare, runs: number): Promise<{ medianMs: number }> {
  const prepared = prepare();
  try {
    const times: number[] = [];
    for (let i = 0; i < WARM_UP + runs; i++) {
      const start = performance.now();
      await prepared.run();
      if (i >= WARM_UP) times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const middle = times.slice(Math.floor((runs - 1) / 2), Math.floor(runs / 2) + 1);
    return { medianMs: middle.reduce((sum, time) => sum + time, 0) / middle.length };
  } finally {
    prepared.dispose();
  }
}
