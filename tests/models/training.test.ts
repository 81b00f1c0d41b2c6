import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelDropout } from '../../src/models/dropout.ts';
import { createModel } from '../../src/models/index.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Parameters } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { lossAndGradients } from '../../src/training/objective.ts';
import { feedsOf, predict, squaredError } from '../../src/training/regression.ts';
import { constant, cosine, learningRateAt } from '../../src/training/schedule.ts';
import type { Rates } from '../../src/training/schedule.ts';
import { BACKENDS, open } from '../kernels/backends.ts';
import { relativeError } from '../kernels/support.ts';

const S4D = { model: 's4d', n_dims: 3, d_model: 6, n_layer: 2, d_state: 4 } as const;
const MAMBA = {
  model: 'mamba',
  n_dims: 3,
  d_model: 6,
  n_layer: 2,
  d_state: 4,
  d_conv: 4,
  expand: 2,
} as const;
const NOISY: [string, ModelConfig, ModelConfig][] = [
  ['dropout of S4D', { ...S4D, dropout: 0.5 }, S4D],
  ['state noise of Mamba', { ...MAMBA, state_noise: 0.5 }, MAMBA],
];

const random = RandomStream.fromSeed(2);
const prompts = {
  batch: 2,
  points: 4,
  d: 3,
  xs: random.fork('xs').normals(24),
  ys: random.fork('ys').normals(8),
};

function build(config: ModelConfig) {
  const model = createModel(config);
  const parameters: Parameters = toTensors(model.init(RandomStream.fromSeed(4)));
  return { model, parameters };
}

async function predictions(config: ModelConfig, stream?: RandomStream): Promise<number[]> {
  const { model, parameters } = build(config);
  return [...(await predict(model, parameters, prompts, stream).data())];
}

async function gradients(config: ModelConfig, stream: RandomStream) {
  const { model, parameters } = build(config);
  const { gradients } = lossAndGradients(squaredError(model), parameters, feedsOf(prompts), stream);
  const read: Record<string, number[]> = {};
  for (const [name, tensor] of Object.entries(gradients)) read[name] = [...(await tensor.data())];
  return read;
}

const rateAt = (own: Pick<Rates, 'schedule' | 'warmup'>, step: number): number =>
  learningRateAt({ learningRate: 2, steps: 100, ...own }, step);

describe('schedules', () => {
  it('anneal to zero, or stay', () => {
    const rates = [0, 25, 50, 100].map((step) => rateAt({ schedule: cosine }, step));
    [2, 1 + Math.SQRT1_2, 1, 0].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 12));
    expect(rateAt({ schedule: constant }, 99)).toBe(2);
  });

  it('begin after a linear warm-up, and run over the steps that it leaves', () => {
    const warm = { schedule: cosine, warmup: 20 };
    expect([0, 4, 19].map((step) => rateAt(warm, step))).toEqual([0.1, 0.5, 2]);
    const rates = [20, 40, 60, 100].map((step) => rateAt(warm, step));
    [2, 1 + Math.SQRT1_2, 1, 0].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 12));
    expect(rateAt({ schedule: constant, warmup: 20 }, 20)).toBe(2);
  });

  it('give the same bits with a warm-up of no steps as without one', () => {
    for (let step = 0; step < 100; step++)
      expect(rateAt({ schedule: cosine, warmup: 0 }, step)).toBe(
        1 + Math.cos((Math.PI * step) / 100),
      );
  });
});

describe('what is random in training', () => {
  const seen: Record<string, number[][]> = {};

  describe.each(BACKENDS)('on %s', (backend) => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await open(backend);
    });
    afterAll(async () => runtime.close());

    it.each(NOISY)('%s is off in evaluation', async (_, config, plain) => {
      expect(await predictions(config)).toEqual(await predictions(plain));
    });

    it.each(NOISY)('%s follows its stream, the same one on every backend', async (name, config) => {
      const one = await predictions(config, RandomStream.fromSeed(1));
      expect(await predictions(config, RandomStream.fromSeed(1))).toEqual(one);
      expect(await predictions(config, RandomStream.fromSeed(2))).not.toEqual(one);
      expect(relativeError(await predictions(config), one)).toBeGreaterThan(1e-2);
      const same = (seen[name] ??= []);
      same.push(one);
      expect(relativeError(one, same[0]!)).toBeLessThan(1e-5);
    });

    it.each(NOISY)('%s has gradients, the same on every backend', async (name, config) => {
      const all = Object.values(await gradients(config, RandomStream.fromSeed(1))).flat();
      const same = (seen[`gradients of ${name}`] ??= []);
      same.push(all);
      expect(Math.max(...all.map(Math.abs))).toBeGreaterThan(1e-3);
      expect(relativeError(all, same[0]!)).toBeLessThan(1e-4);
    });

    it('dropout takes whole channels of a prompt and keeps the mean', async () => {
      const [nBatch, length, channels] = [40, 3, 50];
      const x = tf.ones([nBatch, length, channels]);
      const y = await channelDropout(x, 0.1, RandomStream.fromSeed(3)).data();
      const at = (b: number, t: number, d: number) => y[(b * length + t) * channels + d]!;
      let dropped = 0;
      for (let b = 0; b < nBatch; b++) {
        for (let d = 0; d < channels; d++) {
          const first = at(b, 0, d);
          expect([0, Math.fround(1 / 0.9)]).toContain(first);
          for (let t = 1; t < length; t++) expect(at(b, t, d)).toBe(first);
          if (first === 0) dropped++;
        }
      }
      // Four standard deviations of a binomial about its mean of 200.
      expect(Math.abs(dropped - 200)).toBeLessThan(4 * Math.sqrt(180));
    });
  });
});
