import type { RandomStream } from '../numerics/random.ts';
import { sampleDecisionTree } from './decision-tree.ts';
import { drawEvaluation } from './evaluation.ts';
import type { Evaluation, EvaluationSampler, EvaluationShape } from './evaluation.ts';
import { sampleLinearRegression } from './linear-regression.ts';
import { sampleShifted } from './linear-shifts.ts';
import type { PromptSet } from './prompt-sets.ts';
import type { Prompts, PromptShape } from './prompts.ts';
import { sampleReluNetwork } from './relu-network.ts';
import { sampleSparseLinearRegression } from './sparse-linear-regression.ts';

/** Every class of functions, by the name that parameters use: that of its sampler's file. */
export const SAMPLERS = {
  'linear-regression': sampleLinearRegression,
  'sparse-linear-regression': sampleSparseLinearRegression,
  'relu-network': sampleReluNetwork,
  'decision-tree': sampleDecisionTree,
};

type TaskName = keyof typeof SAMPLERS;

/** What a sampler is told besides shape and randomness. */
type Settings<Name extends TaskName> = Required<
  NonNullable<Parameters<(typeof SAMPLERS)[Name]>[2]>
>;

/** A class of functions with its distribution of inputs: what a model is trained on (PAPER 2.1). */
export type Task = { [Name in TaskName]: { task: Name } & Settings<Name> }[TaskName];

/** Draws a batch of a task's prompts, a new function for each. */
export type Sampler = (shape: PromptShape, random: RandomStream, task: Task) => Prompts;

export const samplerOf = ({ task }: Task): Sampler => SAMPLERS[task] as Sampler;

export const evaluationSampler = (evaluation: Evaluation): EvaluationSampler =>
  evaluation.task === 'shifted' ? sampleShifted : samplerOf(evaluation);

/** `drawEvaluation` for whoever may reach every sampler, as nodes may not. */
export const evaluationBatch = (
  evaluation: Evaluation,
  shape: EvaluationShape,
  random: RandomStream,
  batch: number,
): PromptSet => drawEvaluation(evaluationSampler(evaluation), evaluation, shape, random, batch);
