import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { squaredErrors } from '../../src/tasks/prompt-sets.ts';
import type { MakeBaseline } from '../graphs/baselines.ts';
import type { Samplers } from '../measuring/draw.ts';
import { evaluateAll } from '../measuring/evaluate.ts';
import type { EvaluateParameters } from '../measuring/evaluate.ts';

/** Measures a baseline on every evaluation. Outputs `curves.json`. */
export function evaluateBaseline(
  context: NodeContext<EvaluateParameters, { make: MakeBaseline } & Samplers>,
): Promise<Files> {
  const predict = context.uses.make(
    RandomStream.fromSeed(context.parameters.seed).fork('baseline'),
  );
  return evaluateAll(context, (set, ks) => squaredErrors(set, ks, predict(set, ks)));
}
