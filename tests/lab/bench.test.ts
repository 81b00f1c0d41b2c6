import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanWorkload } from '../../src/kernels/workloads.ts';
import { countDispatches } from '../../src/lab/bench/dispatches.ts';
import { forwardPass, measure } from '../../src/lab/bench/measure.ts';
import { RandomStream } from '../../src/training/random.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { BACKENDS, open } from '../kernels/backends.ts';

const measuring = BACKENDS.filter((name) => name !== 'cpu');

describe.each(measuring)('bench on %s', (backend) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open(backend);
  });
  afterAll(async () => runtime.close());

  const scan = (length: number) =>
    measure(
      forwardPass(() => {
        const random = RandomStream.fromSeed(0);
        return scanWorkload({ batch: 1, length, d_model: 8 }, (count) => random.normals(count));
      }),
      1,
    );

  it('counts every tensor of a scan, whose memory grows with its length', async () => {
    // The first run takes the scratch that the others find.
    await scan(64);
    const [short, long] = [await scan(256), await scan(1024)];
    // u, delta, z and the output of 16 channels, B and C of 16 states.
    const least = 4 * 1024 * 6 * 16;
    expect(long.peakBytes).toBeGreaterThanOrEqual(least);
    expect(long.peakBytes).toBeLessThan(2 * least);
    expect(long.peakBytes! / short.peakBytes!).toBeGreaterThan(3.5);
    expect(long.peakBytes! / short.peakBytes!).toBeLessThan(4.4);
  });

  it('leaves the backend as it was', async () => {
    const { numTensors } = tf.memory();
    await scan(16);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  const onWebgpu = it.runIf(backend === 'webgpu');
  onWebgpu(
    'a Mamba block needs a fifth of the dispatches of stock operations at most',
    async () => {
      const { fused, stock } = await countDispatches(
        { model: 'mamba', n_dims: 2, d_model: 6, n_layer: 1, d_state: 3, d_conv: 4, expand: 2 },
        { batch: 1, tokens: 8 },
      );
      expect(fused).toBeGreaterThan(0);
      expect(stock / fused).toBeGreaterThanOrEqual(5);
      expect(tf.getBackend()).toBe('webgpu');
    },
  );
});
