import * as tf from '@tensorflow/tfjs-core';
import type { Files, InPage, NodeContext } from '../../src/lab/experiment.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { evaluatePrompts } from '../../src/training/evaluate.ts';
import type { Build } from '../graphs/code.ts';
import type { Samplers } from '../measuring/draw.ts';
import { evaluateAll } from '../measuring/evaluate.ts';
import type { EvaluatedCurves, EvaluateParameters } from '../measuring/evaluate.ts';
import { isSame, jsonFile, readJson } from '../outputs/files.ts';
import { trainedWeights } from '../outputs/weights.ts';

type ModelParameters = EvaluateParameters & { config: ModelConfig };

/** Measures a trained model, input `training`, on every evaluation. Outputs `curves.json`. */
export async function evaluateModel(
  context: NodeContext<ModelParameters, { build: Build } & Samplers>,
): Promise<Files> {
  const weights = trainedWeights(context.inputs['training']!);
  const model = context.uses.build(context.parameters.config);
  try {
    return await evaluateAll(context, (set, ks) => evaluatePrompts(model, weights, set, ks));
  } finally {
    tf.dispose(weights);
  }
}

/** Recorded curves tell of some of the evaluations, of the first batch of prompts, and of contexts up to some length. */
export const evaluationInPage: InPage<ModelParameters> = {
  work: ({ evaluations, prompts }) => prompts * Object.keys(evaluations).length,
  recorded(asked, { parameters, outputs }) {
    const { evaluations, prompts, k } = asked;
    const longest = Math.max(...k);
    const upTo = (ks: number[]): number[] => ks.filter((count) => count <= longest);
    const same = isSame(
      { ...asked, evaluations: parameters.evaluations, prompts: parameters.prompts },
      { ...parameters, k: upTo(parameters.k), queriedK: upTo(parameters.queriedK) },
    );
    const whole = prompts === parameters.prompts;
    if (!same || (!whole && prompts !== parameters.batch)) return undefined;
    const curves = readJson<EvaluatedCurves>({ sha256: {}, files: outputs }, 'curves.json');
    const told: Record<string, object> = {};
    for (const [name, evaluation] of Object.entries(evaluations)) {
      const curve = curves[name];
      if (!curve || !isSame(evaluation, parameters.evaluations[name])) return undefined;
      const cut = (values: number[]): number[] => values.slice(0, upTo(curve.k).length);
      const { mean, firstBatch, low, high } = curve;
      const means = { mean: cut(whole ? mean : firstBatch), firstBatch: cut(firstBatch) };
      const bands = whole ? { low: cut(low), high: cut(high) } : {};
      told[name] = { k: upTo(curve.k), ...means, ...bands, prompts };
    }
    return jsonFile('curves.json', told);
  },
};
