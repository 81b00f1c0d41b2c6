import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { bootstrapCurve, meanCurve, rounded } from '../../src/numerics/statistics.ts';
import { pointsOf } from '../../src/tasks/evaluation.ts';
import type { Evaluation } from '../../src/tasks/evaluation.ts';
import { isQueried } from '../../src/tasks/prompt-sets.ts';
import type { PromptSet } from '../../src/tasks/prompt-sets.ts';
import { jsonFile } from '../outputs/files.ts';
import { drawBatch } from './draw.ts';
import type { Samplers } from './draw.ts';

export type EvaluateParameters = {
  evaluations: Record<string, Evaluation>;
  d: number;
  /** Points of a drawn prompt; all k are less. */
  points: number;
  /** Numbers of in-context examples, ascending. */
  k: number[];
  /** The same where the query does not come from the context: each costs a pass of its own. */
  queriedK: number[];
  prompts: number;
  batch: number;
  seed: number;
  confidence: number;
  bootstrapTrials: number;
};

/** Contents of `curves.json`, by evaluation. */
export type EvaluatedCurves = Record<
  string,
  Omit<LearningCurves['curves'][number], 'method' | 'seed' | 'evaluation'>
>;

type Errors = (set: PromptSet, ks: readonly number[]) => Float64Array | Promise<Float64Array>;

/** Draws every prompt of every evaluation and measures it. Outputs `curves.json`. */
export async function evaluateAll(
  { parameters, uses, signal, progress }: NodeContext<EvaluateParameters, Samplers>,
  errorsOf: Errors,
): Promise<Files> {
  const entries = Object.entries(parameters.evaluations);
  const { batch, prompts, seed, confidence, bootstrapTrials: trials } = parameters;
  const batches = Math.ceil(prompts / batch);
  const curves: EvaluatedCurves = {};
  for (const [index, [name, evaluation]] of entries.entries()) {
    const errors: Float64Array[] = [];
    let ks: number[] = [];
    for (let i = 0; i < batches; i++) {
      const set = drawBatch(uses, evaluation, shapeOf(parameters, evaluation), seed, i);
      ks = askedOf(parameters, evaluation, set);
      errors.push(await errorsOf(set, ks));
      await progress({ step: index * batches + i + 1, steps: entries.length * batches });
      signal.throwIfAborted();
    }
    const all = Float64Array.from(errors.flatMap((part) => [...part]));
    const random = RandomStream.fromSeed(seed).fork('bootstrap');
    const { mean, low, high } = bootstrapCurve(all, ks.length, { confidence, trials }, random);
    curves[name] = {
      k: ks,
      mean: mean.map(rounded),
      firstBatch: meanCurve(errors[0]!, ks.length).map(rounded),
      low: low.map(rounded),
      high: high.map(rounded),
      prompts: batches * batch,
    };
  }
  return jsonFile('curves.json', curves);
}

const shapeOf = ({ batch, points, d }: EvaluateParameters, evaluation: Evaluation) => ({
  batch,
  points: pointsOf(evaluation, points, d),
  d,
});

function askedOf(
  { k, queriedK, points, d }: EvaluateParameters,
  evaluation: Evaluation,
  set: PromptSet,
): number[] {
  const most = pointsOf(evaluation, points, d);
  return (isQueried(set) ? queriedK : k).filter((k) => k < most);
}
