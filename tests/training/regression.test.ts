import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createModel } from '../../src/models/index.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { predict, regression } from '../../src/training/regression.ts';
import { train } from '../../src/training/train.ts';
import { openForSuite } from '../kernels/backends.ts';
import { PROMPTS, TINY, tinyHooks, tinyTraining } from './tiny.ts';

const model = createModel(TINY.lstm);

describe('regression', () => {
  openForSuite('cpu');

  it('feeds prompts as long and as wide as the curriculum says', () => {
    const ramp = (start: number, end: number, by: number) => ({ start, end, by, every: 3 });
    const curriculum = { dims: ramp(1, 3, 1), points: ramp(2, 5, 2) };
    const { feed } = regression(model, { ...PROMPTS, curriculum });
    const seen = [0, 2, 3, 5, 6, 100].map((step) => {
      const [tokens, targets] = feed(step, RandomStream.fromSeed(step));
      expect(targets!.shape).toEqual([2, tokens!.shape[1]! / 2]);
      const isX = (i: number): boolean => Math.floor(i / 3) % 2 === 0;
      const used = tokens!.values.map((value, i) => (isX(i) && value !== 0 ? (i % 3) + 1 : 0));
      return [tokens!.shape[1]! / 2, Math.max(...used)];
    });
    expect(seen).toEqual([
      [2, 1],
      [2, 1],
      [4, 2],
      [4, 2],
      [5, 3],
      [5, 3],
    ]);
  });

  it('scores the mean square of what its predictions miss', async () => {
    let drawn: Prompts | undefined;
    const sample: typeof PROMPTS.sample = (...args) => (drawn = PROMPTS.sample(...args));
    const { init, feed, loss } = regression(model, { ...PROMPTS, sample });
    const parameters = toTensors(init(RandomStream.fromSeed(1)));
    const feeds = feed(0, RandomStream.fromSeed(2));
    const fed = feeds.map(({ shape, values }) => tf.tensor(values, shape));
    const [score] = await loss(parameters, fed).data();
    const predictions = await predict(model, parameters, drawn!).data();
    const squares = drawn!.ys.map((y, i) => (predictions[i]! - y) ** 2);
    const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
    expect(score! / mean).toBeCloseTo(1, 5);
  });

  it('is recorded in multiples of its unit', async () => {
    const options = { ...tinyTraining('lstm', 2), until: 2 };
    const { objective } = options;
    expect(objective.unit).toBe(3);
    const { history } = await train(options, tinyHooks());
    const raw = await train({ ...options, objective: { ...objective, unit: 1 } }, tinyHooks());
    expect(history.value.map((value) => value * 3)).toEqual(raw.history.value);
  });
});
