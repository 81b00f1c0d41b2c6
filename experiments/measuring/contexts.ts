import * as tf from '@tensorflow/tfjs-core';
import type { NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Parameters, SequenceModel } from '../../src/models/model.ts';
import type { Sampler, Task } from '../../src/tasks/index.ts';
import type { Build } from '../graphs/code.ts';
import { trainedWeights } from '../outputs/weights.ts';

/** A node that asks a trained model, input `training`, after contexts of several lengths. */
export type ContextsNode<Setting extends { k: number[] }> = NodeContext<
  Setting & { config: ModelConfig; task: Task },
  { build: Build; sample: Sampler }
>;

/** What `measure` finds after contexts of each k. */
export async function overContexts<Found>(
  { parameters, uses, inputs, progress, signal }: ContextsNode<{ k: number[] }>,
  measure: (model: SequenceModel, weights: Parameters, k: number) => Promise<Found>,
): Promise<Found[]> {
  const weights = trainedWeights(inputs['training']!);
  const model = uses.build(parameters.config);
  const found: Found[] = [];
  try {
    for (const [index, k] of parameters.k.entries()) {
      await progress({ step: index, steps: parameters.k.length });
      signal.throwIfAborted();
      found.push(await measure(model, weights, k));
    }
  } finally {
    tf.dispose(weights);
  }
  return found;
}
