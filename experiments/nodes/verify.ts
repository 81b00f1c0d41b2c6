import * as tf from '@tensorflow/tfjs-core';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Comparison, VerifyContext } from '../../src/lab/experiment.ts';
import { createModel } from '../../src/models/index.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { evaluationBatch } from '../../src/tasks/evaluation.ts';
import { evaluatePrompts, meanCurve } from '../../src/training/evaluate.ts';
import { RandomStream } from '../../src/training/random.ts';
import { decode } from '../../src/training/safetensors.ts';

/**
 * How far a curve may be off between backends, relative to its largest value: float32 sums in another order,
 * through six times the trained length. See LOG.md for what was measured.
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
  for (const training of data.trainings) {
    const weights = Object.entries(decode(await read(training.weights)));
    const parameters = Object.fromEntries(
      weights.map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]),
    );
    for (const evaluation of Object.keys(data.evaluations)) {
      const curve = await firstBatchCurve(data, training.config, parameters, evaluation);
      comparisons.push({
        name: `${training.method}-${training.seed} on ${evaluation}`,
        relativeError: relativeError(curve, publishedCurve(data, training, evaluation)),
        tolerance: TOLERANCE,
      });
    }
    tf.dispose(parameters);
  }
  return comparisons;
}

async function firstBatchCurve(
  { batch, d, k, promptSeed, evaluations }: LearningCurves,
  config: object,
  parameters: Record<string, tf.Tensor>,
  evaluation: string,
): Promise<number[]> {
  const random = RandomStream.fromSeed(promptSeed);
  const shape = { batch, points: k.length, d };
  const prompts = evaluationBatch(evaluations[evaluation]!, shape, random, 0);
  const errors = await evaluatePrompts(createModel(config as ModelConfig), parameters, prompts);
  return meanCurve(errors, k.length);
}

function publishedCurve(
  { curves }: LearningCurves,
  { method, seed }: LearningCurves['trainings'][number],
  evaluation: string,
): number[] {
  const found = curves.find(
    (curve) => curve.method === method && curve.seed === seed && curve.evaluation === evaluation,
  );
  if (found) return found.firstBatch;
  throw new Error(
    `verify: expected a curve of ${method}-${seed} on ${evaluation} in the artifact, got none; run the experiment again`,
  );
}
