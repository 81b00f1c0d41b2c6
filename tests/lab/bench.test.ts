import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanWorkload } from '../../src/kernels/workloads.ts';
import { countDispatches } from '../../src/lab/bench/dispatches.ts';
import { forwardPass, measure } from '../../src/lab/bench/measure.ts';
import { RandomStream } from '../../src/numerics/random.ts';
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
    const [, short, long] = [await scan(64), await scan(256), await scan(1024)];
    // u, delta, z and the output of 16 channels, B and C of 16 states.
    const ofToken = 4 * 6 * 16;
    expect(long.peakBytes).toBeGreaterThanOrEqual(1024 * ofToken);
    const growth = (long.peakBytes! - short.peakBytes!) / (1024 - 256);
    expect(growth).toBeGreaterThanOrEqual(ofToken);
    expect(growth).toBeLessThan(2 * ofToken);
  });

  it('leaves the backend as it was', async () => {
    const { numTensors } = tf.memory();
    await scan(16);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it.runIf(backend === 'webgpu')('dispatches a fifth of what stock operations need', async () => {
    const config = { n_dims: 2, d_model: 6, n_layer: 1, d_state: 3, d_conv: 4, expand: 2 };
    const shape = { batch: 1, tokens: 8 };
    const { fused, stock } = await countDispatches({ model: 'mamba', ...config }, shape);
    expect(fused).toBeGreaterThan(0);
    expect(stock / fused).toBeGreaterThanOrEqual(5);
    expect(tf.getBackend()).toBe('webgpu');
  });
});
