import * as tf from '@tensorflow/tfjs-core';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { evaluatePrompts } from '../../src/training/evaluate.ts';
import type { Build } from '../graphs/code.ts';
import type { Samplers } from '../measuring/draw.ts';
import { evaluateAll } from '../measuring/evaluate.ts';
import type { EvaluateParameters } from '../measuring/evaluate.ts';
import { trainedWeights } from '../outputs/weights.ts';

/** Measures a trained model, input `training`, on every evaluation. Outputs `curves.json`. */
export async function evaluateModel(
  context: NodeContext<EvaluateParameters & { config: ModelConfig }, { build: Build } & Samplers>,
): Promise<Files> {
  const weights = trainedWeights(context.inputs['training']!);
  const model = context.uses.build(context.parameters.config);
  try {
    return await evaluateAll(context, (set, ks) => evaluatePrompts(model, weights, set, ks));
  } finally {
    tf.dispose(weights);
  }
}
