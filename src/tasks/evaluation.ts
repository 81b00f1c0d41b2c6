import type { RandomStream } from '../numerics/random.ts';
import { sampleDecisionTree } from './decision-tree.ts';
import { sampleLinearRegression } from './linear-regression.ts';
import type { InputDistribution } from './linear-regression.ts';
import { sampleShifted } from './linear-shifts.ts';
import type { LinearShift } from './linear-shifts.ts';
import type { PromptSet } from './prompt-sets.ts';
import type { Prompts, PromptShape } from './prompts.ts';
import { sampleReluNetwork } from './relu-network.ts';
import { sampleSparseLinearRegression } from './sparse-linear-regression.ts';

/**
 * A class of functions with its distribution of inputs: what a model is trained on (PAPER 2.1). Tasks are named
 * like the files of their samplers.
 */
export type Task =
  | { task: 'linear-regression'; inputs: InputDistribution }
  | { task: 'sparse-linear-regression'; sparsity: number }
  | { task: 'relu-network'; hidden: number }
  | { task: 'decision-tree'; depth: number };
type TaskName = Task['task'];

/** Draws a batch of a task's prompts, a new function for each. */
export type Sampler<Own extends Task = Task> = (
  shape: PromptShape,
  random: RandomStream,
  task: Own,
) => Prompts;

export const SAMPLERS: { [Name in TaskName]: Sampler<Extract<Task, { task: Name }>> } = {
  'linear-regression': sampleLinearRegression,
  'sparse-linear-regression': sampleSparseLinearRegression,
  'relu-network': sampleReluNetwork,
  'decision-tree': sampleDecisionTree,
};

/** A distribution of evaluation prompts: a task, or a shift away from linear regression. */
export type Evaluation = Task | { task: 'shifted'; shift: LinearShift };

/**
 * One batch of evaluation prompts, the same wherever it is drawn. A skewed batch shares one basis; shifts are made
 * from the deviates of the isotropic evaluation, so that they compare prompt by prompt.
 * @param random the stream of the evaluation's seed
 */
export function evaluationBatch(
  evaluation: Evaluation,
  shape: Omit<PromptShape, 'activeDims'>,
  random: RandomStream,
  batch: number,
): PromptSet {
  if (evaluation.task === 'shifted') {
    return sampleShifted(evaluation.shift, shape, random.fork('evaluate isotropic'), batch);
  }
  const name = evaluation.task === 'linear-regression' ? evaluation.inputs : evaluation.task;
  const sample = SAMPLERS[evaluation.task] as Sampler;
  return sample(shape, random.fork(`evaluate ${name}`).fork(batch), evaluation);
}

/** Points that prompts of an evaluation can have: orthogonal queries run out of directions. */
export const pointsOf = (evaluation: Evaluation, points: number, d: number): number =>
  evaluation.task === 'shifted' && evaluation.shift.kind === 'orthogonal-query'
    ? Math.min(points, d)
    : points;
