import * as tf from '@tensorflow/tfjs-core';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Comparison, VerifyContext } from '../../src/lab/experiment.ts';
import { createModel } from '../../src/models/index.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { evaluationBatch, pointsOf } from '../../src/tasks/evaluation.ts';
import { meanCurve } from '../../src/training/curves.ts';
import { evaluatePrompts } from '../../src/training/evaluate.ts';
import { RandomStream } from '../../src/training/random.ts';
import { toTensors } from './weights.ts';

/**
 * How far a curve may be off between backends, relative to its largest value: float32 sums in another order,
 * through many times the trained length. See LOG.md for what was measured.
 */
const TOLERANCE = 1e-3;

/** max |a - b| / max |b| */
function relativeError(ours: readonly number[], published: readonly number[]): number {
  const scale = Math.max(...published.map(Math.abs));
  const worst = Math.max(...ours.map((value, i) => Math.abs(value - published[i]!)));
  return Number.isNaN(worst) ? Infinity : worst / scale;
}

/** Runs the committed weights on the first batch of the published prompts, for every training. */
export async function verifyLearningCurves({
  artifact: { data },
  read,
}: VerifyContext<LearningCurves>): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const { method, seed, weights, config } of data.trainings) {
    const parameters = toTensors(await read(weights));
    const model = createModel(config as unknown as ModelConfig);
    const curves = data.curves.filter((curve) => curve.method === method && curve.seed === seed);
    if (curves.length === 0) {
      throw new Error(
        `verify: expected curves of ${method}-${seed} in the artifact, got none; run the experiment again`,
      );
    }
    for (const { evaluation, k, firstBatch } of curves) {
      const prompts = firstBatchOf(data, evaluation);
      const errors = await evaluatePrompts(model, parameters, prompts, k);
      comparisons.push({
        name: `${method}-${seed} on ${evaluation}`,
        relativeError: relativeError(meanCurve(errors, k.length), firstBatch),
        tolerance: TOLERANCE,
      });
    }
    tf.dispose(parameters);
  }
  return comparisons;
}

function firstBatchOf({ batch, d, points, promptSeed, evaluations }: LearningCurves, name: string) {
  const evaluation = evaluations[name]!;
  const shape = { batch, points: pointsOf(evaluation, points, d), d };
  return evaluationBatch(evaluation, shape, RandomStream.fromSeed(promptSeed), 0);
}
