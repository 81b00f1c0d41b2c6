import * as tf from '@tensorflow/tfjs-core';
import { withWeights } from '../../src/artifacts/learning-curves.ts';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Comparison, VerifyContext } from '../../src/lab/experiment.ts';
import { createModel } from '../../src/models/index.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { relativeError } from '../../src/numerics/relative-error.ts';
import { decode } from '../../src/numerics/safetensors.ts';
import { meanCurve } from '../../src/numerics/statistics.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import { pointsOf } from '../../src/tasks/evaluation.ts';
import { evaluationBatch } from '../../src/tasks/index.ts';
import { evaluatePrompts } from '../../src/training/evaluate.ts';

const nameOf = (method: string, seed: number, evaluation: string): string =>
  `${method}-${seed} on ${evaluation}`;

/**
 * Runs the committed weights of every training on the first batch of the published prompts, up to contexts of
 * the given number of examples.
 */
export async function* verifyLearningCurves({
  artifact,
  read,
  examples,
  wants,
}: VerifyContext<LearningCurves>): AsyncGenerator<Comparison> {
  const { data } = withWeights(artifact);
  for (const { method, seed, weights, weightsSha256, config } of data.trainings) {
    const curves = data.curves.filter((curve) => curve.method === method && curve.seed === seed);
    if (curves.length === 0) {
      throw new Error(
        `verify: expected curves of ${method}-${seed} in the artifact, got none; run the experiment again`,
      );
    }
    const wanted = curves.filter(({ evaluation }) =>
      wants(nameOf(method, seed, evaluation), weightsSha256),
    );
    if (wanted.length === 0) continue;
    if (weights === undefined) {
      throw new Error(
        `verify: expected committed weights of ${method}-${seed}, got none, as they are too large; ` +
          'verify a smaller preset',
      );
    }
    const parameters = toTensors(decode(await read(weights)));
    const model = createModel(config as unknown as ModelConfig);
    for (const { evaluation, k: all, firstBatch } of wanted) {
      const k = all.filter((count) => count <= examples);
      const errors = await evaluatePrompts(model, parameters, firstBatchOf(data, evaluation), k);
      const published = firstBatch.slice(0, k.length);
      yield {
        name: nameOf(method, seed, evaluation),
        relativeError: relativeError(meanCurve(errors, k.length), published),
      };
    }
    tf.dispose(parameters);
  }
}

function firstBatchOf({ batch, d, points, promptSeed, evaluations }: LearningCurves, name: string) {
  const evaluation = evaluations[name]!;
  const shape = { batch, points: pointsOf(evaluation, points, d), d };
  const random = RandomStream.fromSeed(promptSeed);
  return evaluationBatch(evaluation, shape, random, 0);
}
