import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Files } from '../../src/lab/experiment.ts';
import type { Parameters, SequenceModel } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { overTasks } from '../../src/numerics/statistics.ts';
import type { Interval } from '../../src/numerics/statistics.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import { predict } from '../../src/training/regression.ts';
import { overContexts } from '../measuring/contexts.ts';
import type { ContextsNode } from '../measuring/contexts.ts';
import { jsonFile } from '../outputs/files.ts';

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
export async function measureOrder(context: ContextsNode<OrderParameters>): Promise<Files> {
  const { seed, prompts, interval } = context.parameters;
  const sensitivities = await overContexts(context, async (model, weights, k) => {
    const random = RandomStream.fromSeed(seed).fork('order').fork(k);
    const drawn = drawPrompts(context, k, random);
    const predictions: Float64Array[] = [];
    for (let p = 0; p < context.parameters.permutations; p++) {
      const permuted = p === 0 ? drawn : permuteContexts(drawn, random.fork(p));
      predictions.push(await lastPredictions(model, weights, permuted));
    }
    const found: Sensitivity = { k, prompts, ...summarise(drawn, predictions, interval) };
    return found;
  });
  return jsonFile('order.json', sensitivities);
}

function drawPrompts(
  { parameters, uses }: ContextsNode<OrderParameters>,
  k: number,
  random: RandomStream,
): Prompts {
  const { config, task, prompts: batch } = parameters;
  return uses.sample({ batch, points: k + 1, d: config.n_dims }, random.fork('prompts'), task);
}

async function lastPredictions(
  model: SequenceModel,
  weights: Parameters,
  prompts: Prompts,
): Promise<Float64Array> {
  const { batch, points } = prompts;
  const out = predict(model, weights, prompts);
  const values = await out.data();
  out.dispose();
  return Float64Array.from({ length: batch }, (_, b) => values[(b + 1) * points - 1]!);
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
