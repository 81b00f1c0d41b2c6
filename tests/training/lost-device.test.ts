import { expect, it, vi } from 'vitest';
import { train } from '../../src/training/train.ts';
import { BACKENDS, open } from '../kernels/backends.ts';
import { tinyHooks, tinyTraining } from './tiny.ts';

// Dawn can abort the process when an instance is collected while its threads run: none is, here.
const held = new Set<GPU>();

async function openHeld() {
  const runtime = await open('webgpu');
  held.add(navigator.gpu);
  return runtime;
}

it.runIf(BACKENDS.includes('webgpu'))(
  'a training whose device is lost resumes from its checkpoint on a fresh one, to the same losses',
  async () => {
    const options = tinyTraining('mamba', 8);
    let runtime = await openHeld();
    const unbroken = await train(options, tinyHooks());

    let saved: Uint8Array | undefined;
    const checkpoint = {
      load: () => Promise.resolve(saved),
      save: (bytes: Uint8Array) => Promise.resolve(void (saved = bytes)),
    };
    let later = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => later);
    const progress = async ({ step }: { step: number }) => {
      runtime.check();
      // A minute passes, so that a checkpoint is due; two steps later the device is gone.
      if (step === 2) later += 61_000;
      if (step !== 4) return;
      runtime.device!.destroy();
      await runtime.lost;
    };
    await expect(train(options, tinyHooks({ checkpoint, progress }))).rejects.toThrow(/lost/);
    clock.mockRestore();
    expect(() => runtime.check()).toThrow(/got a lost one .*resume from the last checkpoint/);
    expect(saved).toBeDefined();
    await runtime.close();

    runtime = await openHeld();
    const steps: number[] = [];
    const counting = ({ step }: { step: number }) => Promise.resolve(void steps.push(step));
    const resumed = await train(options, tinyHooks({ checkpoint, progress: counting }));
    expect(Math.min(...steps)).toBeGreaterThan(2);
    expect(resumed).toEqual(unbroken);
    await runtime.close();
  },
);
