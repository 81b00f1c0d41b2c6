import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { evaluateMarkov, evaluateUnigram } from '../../experiments/nodes/evaluate-markov.ts';
import type { MeasuredCurve } from '../../experiments/measuring/token-curves.ts';
import { readJson } from '../../experiments/outputs/files.ts';
import type { Files } from '../../src/lab/experiment.ts';
import { BACKBONES } from '../../src/models/index.ts';
import type { Backbone } from '../../src/models/model.ts';
import { tokenModel } from '../../src/models/tokens.ts';
import { addOne } from '../../src/baselines/add-one.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { sampleMarkov } from '../../src/tasks/markov.ts';
import { openForSuite } from '../kernels/backends.ts';
import { TINY_TOKENS } from '../training/tiny.ts';
import { contextOf, resultOf, untrained } from './node.ts';

const TASK = { task: 'markov', states: 2 } as const;
const EVALUATION = {
  at: [1, 2, 5],
  sequences: 6,
  batch: 3,
  seed: 1000,
  confidence: 0.9,
  bootstrapTrials: 50,
  task: TASK,
};

const curveOf = (files: Files): MeasuredCurve => readJson(resultOf(files), 'curve.json');

describe('distances from the add-one estimator', () => {
  openForSuite('cpu');

  it('are nothing where it says the same, and grow with what it does not count', async () => {
    const { at, mean } = curveOf(
      await evaluateUnigram(
        contextOf(
          { ...EVALUATION, sequences: 300, batch: 50, at: [1, 2, 40] },
          { sample: sampleMarkov },
        ),
      ),
    );
    expect(at).toEqual([1, 2, 40]);
    // After one token the best says 1/2, and counting tokens 2/3 of it.
    expect(mean[0]).toBeCloseTo(1 / 6, 6);
    expect(mean[2]).toBeGreaterThan(0.08);
  });

  it('are half the absolute differences of a model that says the same of both states', async () => {
    const config = { ...TINY_TOKENS.lstm, vocabulary: 2 };
    const { training } = untrained(tokenModel(BACKBONES.lstm(config), config));
    const silent: Backbone = {
      ...BACKBONES.lstm(config),
      norm: (_, residual) => tf.zerosLike(residual),
    };
    const uses = { sample: sampleMarkov, backbone: () => silent };
    const context = contextOf({ ...EVALUATION, config }, uses, { training });
    const { mean, firstBatch } = curveOf(await evaluateMarkov(context));
    const expected = EVALUATION.at.map(() => 0);
    for (const batch of [0, 1]) {
      const random = RandomStream.fromSeed(1000).fork('sequences').fork(batch);
      const { tokens } = sampleMarkov({ batch: 3, length: 5 }, random, TASK);
      for (let b = 0; b < 3; b++) {
        const best = addOne(tokens.subarray(5 * b, 5 * b + 5), 2, 1);
        EVALUATION.at.forEach((k, i) => (expected[i]! += Math.abs(best[2 * (k - 1)]! - 0.5) / 6));
      }
    }
    mean.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
    expect(firstBatch).toHaveLength(3);
  });
});
