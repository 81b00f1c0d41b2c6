import * as tf from '@tensorflow/tfjs-core';
import type { Workload } from '../../kernels/workloads.ts';
import { trackMemory } from './memory.ts';

/** Sets a measurement up; each call of what it returns is one run, complete when it resolves. */
export type Prepare = () => { run(): Promise<void>; dispose(): void };

export interface Measured {
  medianMs: number;
  /** Most bytes that tensors and scratch took at once, inputs included; `wasm` and `webgpu` only, see memory.ts. */
  peakBytes?: number;
}

/** Runs not counted: they compile kernels and warm caches. */
const WARM_UP = 2;
/** After this, no further run begins; a measurement has at least one. */
const ENOUGH_MS = 20_000;

/** The median of wall times, which one slow run does not move. */
export async function measure(prepare: Prepare, runs: number): Promise<Measured> {
  const memory = trackMemory();
  const prepared = prepare();
  try {
    const times: number[] = [];
    const first = performance.now();
    for (let i = 0; i < WARM_UP + runs; i++) {
      if (times.length > 0 && performance.now() - first > ENOUGH_MS) break;
      const start = performance.now();
      await prepared.run();
      if (i >= WARM_UP) times.push(performance.now() - start);
    }
    const peakBytes = memory?.peakBytes();
    return { medianMs: median(times), ...(peakBytes !== undefined && { peakBytes }) };
  } finally {
    prepared.dispose();
  }
}

export function median(times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.slice(
    Math.floor((sorted.length - 1) / 2),
    Math.floor(sorted.length / 2) + 1,
  );
  return middle.reduce((sum, time) => sum + time, 0) / middle.length;
}

/** A workload's forward pass; a run ends when one of its values has been read. */
export const forwardPass =
  (setUp: () => Workload): Prepare =>
  () => {
    const workload = setUp();
    return {
      async run() {
        const [out, value] = tf.tidy(() => {
          const result = workload.run();
          return [result, tf.slice(tf.reshape(result, [-1]), [0], [1])] as const;
        });
        await value.data();
        tf.dispose([out, value]);
      },
      dispose: () => workload.dispose(),
    };
  };
