import * as tf from '@tensorflow/tfjs-core';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { overTasks } from '../../src/numerics/statistics.ts';
import type { Interval } from '../../src/numerics/statistics.ts';
import type { Sampler, Task } from '../../src/tasks/index.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { predict } from '../../src/training/regression.ts';
import type { Build } from './code.ts';
import { jsonFile } from './files.ts';
import { trainedWeights } from './weights.ts';

export type OrderParameters = {
  k: number[];
  prompts: number;
  permutations: number;
  seed: number;
  interval: Interval;
};

type Sensitivity = Omit<LearningCurves['order'][number], 'method' | 'seed'>;

/**
 * How much the prediction for a query moves when its context is permuted; the regression has no order, so an
 * ideal learner's does not. Not in the paper. Outputs `order.json`.
 */
export async function measureOrder(
  context: NodeContext<
    OrderParameters & { config: ModelConfig; task: Task },
    { build: Build; sample: Sampler }
  >,
): Promise<Files> {
  const { parameters, uses, inputs, progress, signal } = context;
  const { config, task, prompts: batch, permutations, seed, interval } = parameters;
  const weights = trainedWeights(inputs['training']!);
  const model = uses.build(config);
  const sensitivities: Sensitivity[] = [];
  try {
    for (const [index, k] of parameters.k.entries()) {
      await progress({ step: index, steps: parameters.k.length });
      signal.throwIfAborted();
      const random = RandomStream.fromSeed(seed).fork('order').fork(k);
      const shape = { batch, points: k + 1, d: config.n_dims };
      const drawn = uses.sample(shape, random.fork('prompts'), task);
      const predictions: Float64Array[] = [];
      for (let p = 0; p < permutations; p++) {
        const permuted = p === 0 ? drawn : permuteContexts(drawn, random.fork(p));
        const out = predict(model, weights, permuted);
        const values = await out.data();
        out.dispose();
        predictions.push(Float64Array.from({ length: batch }, (_, b) => values[b * (k + 1) + k]!));
      }
      sensitivities.push({ k, prompts: batch, ...summarise(drawn, predictions, interval) });
    }
  } finally {
    tf.dispose(weights);
  }
  return jsonFile('order.json', sensitivities);
}

/** Each prompt's examples in an order of its own; the query stays last. */
export function permuteContexts(prompts: Prompts, random: RandomStream): Prompts {
  const { batch, points, d, xs, ys } = prompts;
  const permuted = { ...prompts, xs: xs.slice(), ys: ys.slice() };
  for (let b = 0; b < batch; b++) {
    const order = random.fork(b).permutation(points - 1);
    for (const [to, from] of order.entries()) {
      const [target, source] = [b * points + to, b * points + from];
      permuted.xs.set(xs.subarray(source * d, (source + 1) * d), target * d);
      permuted.ys[target] = ys[source]!;
    }
  }
  return permuted;
}

function summarise(
  { batch, points, d, ys }: Prompts,
  predictions: readonly Float64Array[],
  interval: Interval,
) {
  const count = predictions.length;
  const over = (value: (b: number, mean: number, target: number) => number) =>
    overTasks(
      Float64Array.from({ length: batch }, (_, b) => {
        const mean = predictions.reduce((sum, column) => sum + column[b]!, 0) / count;
        return value(b, mean, ys[b * points + points - 1]!) / d;
      }),
      interval,
    );
  const average = (f: (column: Float64Array) => number): number =>
    predictions.reduce((sum, column) => sum + f(column), 0);
  return {
    permutations: count,
    variance: over((b, mean) => average((column) => (column[b]! - mean) ** 2) / (count - 1)),
    error: over((b, _, target) => average((column) => (column[b]! - target) ** 2) / count),
    errorOfMean: over((_, mean, target) => (mean - target) ** 2),
  };
}
