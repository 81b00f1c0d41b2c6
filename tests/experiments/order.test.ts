import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { measureOrder, permuteContexts } from '../../experiments/nodes/order.ts';
import { readJson } from '../../experiments/outputs/files.ts';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { SequenceModel } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { openRuntime } from '../../src/runtime/node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { Sampler, Task } from '../../src/tasks/index.ts';
import { contextOf, fixedFunction, resultOf, untrained } from './node.ts';

const D = 2;
const LINE = [1, -2];
const TASK: Task = { task: 'linear-regression', inputs: 'isotropic' };
const SETTING = {
  k: [6],
  prompts: 9,
  permutations: 4,
  seed: 5,
  interval: { confidence: 0.9, trials: 50, seed: 6 },
  config: { model: 'gpt2', n_dims: D, d_model: 4, n_layer: 1, n_head: 1 } satisfies ModelConfig,
  task: TASK,
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ backend: 'cpu' });
});
afterAll(() => runtime.close());

async function measure(model: SequenceModel) {
  const { training } = untrained(model);
  const uses = { build: () => model, sample: fixedFunction(LINE) as Sampler };
  const files = await measureOrder(contextOf(SETTING, uses, { training }));
  const [found] = readJson<LearningCurves['order']>(resultOf(files), 'order.json');
  return found!;
}

/** A model that predicts, at every token, something of the y tokens [B points] before the query. */
const reading = (f: (ys: tf.Tensor) => tf.Tensor): SequenceModel => ({
  init: () => ({}),
  forward: (_, tokens) => {
    const [batch = 0, length = 0] = tokens.shape;
    const first = tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, length, 1]), [batch, length]);
    const pairs = tf.reshape(first, [batch, length / 2, 2]);
    const ys = tf.squeeze(tf.slice(pairs, [0, 0, 1], [batch, length / 2 - 1, 1]), [2]);
    return tf.mul(tf.reshape(f(ys), [batch, 1]), tf.ones([batch, length]));
  },
  readOut: (_, residual) => residual,
});

const drawn = () => fixedFunction(LINE)({ batch: 9, points: 7, d: D }, RandomStream.fromSeed(1));

test('permutes whole examples, each prompt by itself, and leaves the query last', () => {
  const prompts = drawn();
  const permuted = permuteContexts(prompts, RandomStream.fromSeed(2));
  const example = (p: typeof prompts, b: number, i: number) =>
    [...p.xs.subarray((b * 7 + i) * D, (b * 7 + i + 1) * D), p.ys[b * 7 + i]!].join(' ');
  const context = (p: typeof prompts, b: number) =>
    Array.from({ length: 6 }, (_, i) => example(p, b, i));
  const orders = new Set<string>();
  for (let b = 0; b < 9; b++) {
    expect(example(permuted, b, 6)).toBe(example(prompts, b, 6));
    expect(context(permuted, b).toSorted()).toEqual(context(prompts, b).toSorted());
    orders.add(
      context(permuted, b)
        .map((e) => context(prompts, b).indexOf(e))
        .join(),
    );
  }
  expect(orders.size).toBeGreaterThan(6);
  expect(prompts).toEqual(drawn());
});

test('a model without order has no variance, and the same error in every order', async () => {
  const found = await measure(reading((ys) => tf.max(ys, 1)));
  expect(found.variance).toEqual({ mean: 0, low: 0, high: 0, sd: 0 });
  expect(found.error).toEqual(found.errorOfMean);
  expect(found).toMatchObject({ k: 6, prompts: 9, permutations: 4 });
});

test('a model that repeats the last example varies as the examples do', async () => {
  const found = await measure(reading((ys) => tf.slice(ys, [0, 5], [9, 1])));
  expect(found.variance.mean).toBeGreaterThan(0.2);
  // Σ (p − y)² / n = (p̄ − y)² + Σ (p − p̄)² / n
  const split = found.errorOfMean.mean + (found.variance.mean * 3) / 4;
  expect(found.error.mean / split).toBeCloseTo(1, 5);
});
