import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { crossEntropyReference } from '../../src/kernels/cross-entropy/reference.ts';
import { createTokenModel } from '../../src/models/index.ts';
import type { TokenModelConfig } from '../../src/models/index.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { encode } from '../../src/numerics/safetensors.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import type { TokenBatch } from '../../src/tasks/tokens.ts';
import { Adam } from '../../src/training/adam.ts';
import { decodeTraining, encodeTraining } from '../../src/training/checkpoint.ts';
import type { TrainingState } from '../../src/training/checkpoint.ts';
import { language, languageFeeds } from '../../src/training/language.ts';
import { accumulatedGradients, itemsAtOnce } from '../../src/training/micro-batches.ts';
import { lossAndGradients } from '../../src/training/objective.ts';
import { constant } from '../../src/training/schedule.ts';
import { train } from '../../src/training/train.ts';
import type { TrainingOptions } from '../../src/training/train.ts';
import { BACKENDS, openForSuite } from '../kernels/backends.ts';
import { relativeError } from '../kernels/support.ts';
import { TINY_TOKENS, tinyHooks } from './tiny.ts';

const NAMED = Object.values(TINY_TOKENS).map((config) => [config.model, config] as const);

/** Which token came two places before; places before the third are not asked. */
function twoBefore(shape: { batch: number; length: number }, random: RandomStream): TokenBatch {
  const { batch, length } = shape;
  const tokens = Float32Array.from({ length: batch * length }, () => random.integer(5));
  const targets = tokens.map((_, i) => (i % length < 2 ? 0 : tokens[i - 2]!));
  const weights = tokens.map((_, i) => (i % length < 2 ? 0 : 1 + (i % 3)));
  return { ...shape, tokens, targets, weights };
}

const OPTIONS = { sample: twoBefore, batch: 3, length: 7 };

const trainingOf = (config: TokenModelConfig, more: Partial<TrainingOptions> = {}) => ({
  objective: language(createTokenModel(config), OPTIONS),
  seed: 5,
  steps: 6,
  learningRate: 1e-2,
  schedule: constant,
  lossEvery: 2,
  ...more,
});

const bytesOf = ({ adam }: TrainingState): Uint8Array => encode(adam.parameters);

function opened(config: TokenModelConfig) {
  const objective = language(createTokenModel(config), OPTIONS);
  const parameters = objective.init(RandomStream.fromSeed(3));
  const feeds = objective.feed(0, RandomStream.fromSeed(4));
  return { objective, parameters, feeds };
}

describe('the feeds of a language training', () => {
  it('weigh positions so that their sums average to one an item', () => {
    const batch = twoBefore({ batch: 3, length: 7 }, RandomStream.fromSeed(1));
    const [tokens, targets, { shape, values }] = languageFeeds(batch);
    expect([tokens.values, targets.values]).toEqual([batch.tokens, batch.targets]);
    expect(shape).toEqual([3, 7]);
    expect(values.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(3, 5);
    expect(values[3]! / values[2]!).toBeCloseTo(batch.weights[3]! / batch.weights[2]!, 5);
  });

  it('refuse a batch that asks nothing', () => {
    const batch = twoBefore({ batch: 2, length: 2 }, RandomStream.fromSeed(1));
    expect(() => languageFeeds(batch)).toThrow(
      /language: expected weights above 0, got a sum of 0; ask something/,
    );
  });
});

describe.each(BACKENDS)('a language training, on %s', (backend) => {
  openForSuite(backend);

  it('scores the weighted mean of what its targets cost, in bits', async () => {
    const { objective, parameters } = opened(TINY_TOKENS.mamba);
    const model = createTokenModel(TINY_TOKENS.mamba);
    const batch = twoBefore({ batch: 3, length: 7 }, RandomStream.fromSeed(6));
    const p = toTensors(parameters);
    const logits = await model.forward(p, tf.tensor(batch.tokens, [3, 7], 'int32')).data();
    const costs = crossEntropyReference(Float64Array.from(logits), [...batch.targets]);
    const total = batch.weights.reduce((sum, weight) => sum + weight, 0);
    const expected = costs.reduce((sum, cost, i) => sum + (cost * batch.weights[i]!) / total, 0);
    const fed = languageFeeds(batch).map(({ shape, values }) => tf.tensor(values, shape));
    const [loss] = await objective.loss(p, fed).data();
    expect(loss! / expected).toBeCloseTo(1, 5);
    expect(objective.unit).toBe(Math.log(2));
  });

  it.runIf(backend !== 'webgpu').each(NAMED)(
    '%s has the gradients of its loss',
    async (_, config) => {
      const { objective, parameters, feeds } = opened(config);
      // As large as after some training: a norm of values as small as at first bends the loss too much.
      const table = parameters['embedding.weight']!;
      table.values = table.values.map((value) => 25 * value);
      const { gradients } = lossAndGradients(objective.loss, toTensors(parameters), feeds);
      const fed = feeds.map(({ shape, values }) => tf.tensor(values, shape));
      const random = RandomStream.fromSeed(8);
      const along: Record<string, Float32Array> = {};
      let slope = 0;
      for (const [name, { values }] of Object.entries(parameters)) {
        along[name] = random.fork(name).normals(values.length);
        const own = (await gradients[name]!.data()) as Float32Array;
        slope += own.reduce((sum, g, i) => sum + g * along[name]![i]!, 0);
      }
      const at = async (step: number): Promise<number> => {
        const moved = Object.entries(parameters).map(([name, { shape, values }]) => {
          return [
            name,
            { shape, values: values.map((v, i) => v + step * along[name]![i]!) },
          ] as const;
        });
        return (await objective.loss(toTensors(Object.fromEntries(moved)), fed).data())[0]!;
      };
      // Four points: the error is of the fourth order in the step.
      const h = 4e-3;
      const [a, b, c, d] = [await at(-2 * h), await at(-h), await at(h), await at(2 * h)];
      const measured = (a - 8 * b + 8 * c - d) / (12 * h);
      expect(Math.abs(slope)).toBeGreaterThan(1e-3);
      expect(Math.abs(measured / slope - 1)).toBeLessThan(1e-2);
    },
  );

  it.runIf(backend === 'wasm').each(NAMED)(
    '%s resumes to the bytes of a whole run',
    async (_, config) => {
      const whole = await train(trainingOf(config), tinyHooks());
      const part = await train(trainingOf(config, { until: 4 }), tinyHooks());
      const rest = await train(
        trainingOf(config),
        tinyHooks(),
        decodeTraining(encodeTraining(part)),
      );
      expect(rest.history).toEqual(whole.history);
      expect(bytesOf(rest)).toEqual(bytesOf(whole));
    },
  );

  it.runIf(backend === 'webgpu')('is replayed to the bytes of plain steps', async () => {
    const options = trainingOf(TINY_TOKENS['gpt2-rotary']);
    const plain = { ...options, objective: { ...options.objective, draws: true } };
    const [replayed, stepped] = [
      await train(options, tinyHooks()),
      await train(plain, tinyHooks()),
    ];
    expect(replayed.history).toEqual(stepped.history);
    expect(bytesOf(replayed)).toEqual(bytesOf(stepped));
  });
});

describe('a language training on wasm', () => {
  openForSuite('wasm');

  it.each(NAMED)('%s: parts of a batch add up to the whole', async (_, config) => {
    const { objective, parameters, feeds } = opened(config);
    const adam = new Adam({ parameters });
    const random = RandomStream.fromSeed(1);
    const whole = lossAndGradients(objective.loss, adam.parameters, feeds, random);
    const parts = accumulatedGradients(objective, adam.parameters, feeds, random, 2);
    expect(itemsAtOnce(objective, adam.parameters)).toBe(3);
    for (const [name, value] of Object.entries({ ...whole.gradients, loss: whole.loss })) {
      const other = name === 'loss' ? parts.loss : parts.gradients[name]!;
      expect(relativeError(await other.data(), await value.data()), name).toBeLessThan(2e-5);
    }
  });

  it('learns which token came two places before', async () => {
    const config = { ...TINY_TOKENS.mamba, d_model: 16 };
    const objective = language(createTokenModel(config), { ...OPTIONS, batch: 16, length: 11 });
    const { history } = await train(
      trainingOf(config, { objective, steps: 150, lossEvery: 50 }),
      tinyHooks(),
    );
    expect(history.value[0]).toBeGreaterThan(0.5);
    expect(history.value.at(-1)).toBeLessThan(0.1);
  });
});
