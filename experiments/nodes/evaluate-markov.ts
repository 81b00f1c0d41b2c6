import * as tf from '@tensorflow/tfjs-core';
import { addOne } from '../../src/baselines/add-one.ts';
import type { Files } from '../../src/lab/experiment.ts';
import type { TokenModelConfig } from '../../src/models/index.ts';
import type { MarkovTask } from '../../src/tasks/markov.ts';
import type { TokenBatch } from '../../src/tasks/tokens.ts';
import { measureCurve } from '../measuring/token-curves.ts';
import type { EvaluationContext, TokenEvaluation } from '../measuring/token-curves.ts';
import { jsonFile } from '../outputs/files.ts';
import { trainedWeights } from '../outputs/weights.ts';
import { modelOf } from './train-tokens.ts';
import type { SequenceSampler, TokenTrainingCode } from './train-tokens.ts';

export type MarkovEvaluation = TokenEvaluation & { task: MarkovTask };

type Sample = { sample: SequenceSampler<MarkovTask> };

/**
 * How far a trained model, input `training`, predicts from what is best, in total variation, after each number of
 * tokens read. Outputs `curve.json`.
 */
export async function evaluateMarkov(
  context: EvaluationContext<
    MarkovEvaluation & { config: TokenModelConfig },
    Sample & Pick<TokenTrainingCode, 'backbone'>
  >,
): Promise<Files> {
  const model = modelOf(context.uses.backbone, context.parameters.config);
  const weights = trainedWeights(context.inputs['training']!);
  const predict = async ({ batch, length, tokens }: TokenBatch): Promise<ArrayLike<number>> => {
    const probabilities = tf.tidy(() =>
      tf.softmax(model.forward(weights, tf.tensor(tokens, [batch, length], 'int32'))),
    );
    try {
      return await probabilities.data();
    } finally {
      probabilities.dispose();
    }
  };
  try {
    return await distances(context, predict);
  } finally {
    tf.dispose(weights);
  }
}

/** The same of counting tokens whatever came before them, the best that order 0 allows. */
export const evaluateUnigram = (
  context: EvaluationContext<MarkovEvaluation, Sample>,
): Promise<Files> => distances(context, (batch) => countsOf(batch, context.parameters.task, 0));

/** @param predict probabilities of the next token [batch length states] */
async function distances(
  context: EvaluationContext<MarkovEvaluation, Sample>,
  predict: (sequences: TokenBatch) => ArrayLike<number> | Promise<ArrayLike<number>>,
): Promise<Files> {
  const { task, at, batch } = context.parameters;
  const length = Math.max(...at);
  const curve = await measureCurve(context, async (random) => {
    const sequences = context.uses.sample({ batch, length }, random, task);
    const best = countsOf(sequences, task, 1);
    const predicted = await predict(sequences);
    return Float64Array.from({ length: batch * at.length }, (_, i) => {
      const place = Math.floor(i / at.length) * length + at[i % at.length]! - 1;
      return totalVariation(predicted, best, place * task.states, task.states);
    });
  });
  return jsonFile('curve.json', curve);
}

/** @returns [batch length states] */
function countsOf(
  { batch, length, tokens }: TokenBatch,
  { states }: MarkovTask,
  order: 0 | 1,
): Float64Array {
  const all = new Float64Array(batch * length * states);
  for (let b = 0; b < batch; b++) {
    const own = tokens.subarray(b * length, (b + 1) * length);
    all.set(addOne(own, states, order), b * length * states);
  }
  return all;
}

/** Half the sum of absolute differences of two rows of probabilities that begin at `from`. */
function totalVariation(
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  from: number,
  states: number,
): number {
  let sum = 0;
  for (let i = from; i < from + states; i++) sum += Math.abs(p[i]! - q[i]!);
  return sum / 2;
}
