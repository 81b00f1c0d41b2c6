import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RandomStream } from '../../src/numerics/random.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { encodeTraining } from '../../src/training/checkpoint.ts';
import { train } from '../../src/training/train.ts';
import { BACKENDS, open } from '../kernels/backends.ts';
import { tinyHooks, tinyTraining } from './tiny.ts';

// Dawn can abort the process when an instance is collected while its threads run: none is, here.
const held = new Set<GPU>();

async function openHeld(): Promise<Runtime> {
  const runtime = await open('webgpu');
  held.add(navigator.gpu);
  return runtime;
}

const STEPS = 8;
const LOSSES = 2;

/** Milliseconds between two looks at the clock: a busy machine must not decide when a training saves. */
let pace = 0;
beforeEach(() => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += pace));
});
afterEach(() => void vi.restoreAllMocks());

/** A training whose device goes with its queue full, before a step (counted from 0) is asked of it. */
function losing(runtime: Runtime, at: number) {
  const training = tinyTraining('mamba', STEPS);
  const { objective } = training;
  const feed: typeof objective.feed = (step, random) => {
    if (step === at) runtime.device!.destroy();
    return objective.feed(step, random);
  };
  return { ...training, objective: { ...objective, feed } };
}

it.runIf(BACKENDS.includes('webgpu'))(
  'a training that saves after each step, on devices that are lost at random ones, ends as one that does neither',
  async () => {
    let runtime = await openHeld();
    pace = 0;
    const unbroken = await train(tinyTraining('mamba', STEPS), tinyHooks());
    await runtime.close();

    pace = 61_000;
    const random = RandomStream.fromSeed(11);
    const saved: Uint8Array[] = [];
    for (let loss = 0; loss < LOSSES; loss++) {
      runtime = await openHeld();
      const checkpoint = {
        load: () => Promise.resolve(saved.at(-1)),
        // As the lab saves.
        async save(bytes: Uint8Array) {
          runtime.check();
          saved.push(bytes);
        },
      };
      const from = saved.length;
      const lost = losing(runtime, from + random.integer(STEPS - LOSSES - from + loss + 1));
      await expect(train(lost, tinyHooks({ checkpoint }))).rejects.toThrow(/^$|lost/);
      await runtime.lost;
      expect(() => runtime.check()).toThrow(/got a lost one .*resume from the last checkpoint/);
      await runtime.close();
    }

    runtime = await openHeld();
    expect(saved.length).toBeGreaterThan(0);
    const checkpoint = {
      load: () => Promise.resolve(saved.at(-1)),
      save: (bytes: Uint8Array) => Promise.resolve(void saved.push(bytes)),
    };
    const resumed = await train(tinyTraining('mamba', STEPS), tinyHooks({ checkpoint }));
    expect(resumed).toEqual(unbroken);
    expect(saved).toHaveLength(STEPS);
    expect(saved.at(-1)).toEqual(encodeTraining(unbroken));
    await runtime.close();
  },
);
